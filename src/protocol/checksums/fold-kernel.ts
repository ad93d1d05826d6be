/**
 * Folds the bytes of a message into those after them, sixteen at a time, in WebAssembly. `distances`
 * are those of a `FoldedCrc`. Memory: the window (as many folded bytes as the longest distance), then
 * the bytes to fold.
 */
export class FoldKernel {
  /** The folded bytes that later ones depend on. */
  readonly windowBytes: number;
  readonly #memory: Uint8Array;
  readonly #exports: KernelExports;

  private constructor(windowBytes: number, exports: KernelExports) {
    this.windowBytes = windowBytes;
    this.#memory = new Uint8Array(exports.memory.buffer);
    this.#exports = exports;
  }

  /** Undefined where there is no WebAssembly with vectors of 128 bits. */
  static create(distances: readonly number[]): FoldKernel | undefined {
    const { WebAssembly: engine } = globalThis as { readonly WebAssembly?: WebAssemblyEngine };
    if (engine === undefined) return undefined;
    try {
      const module = new engine.Module(kernelModule(distances));
      return new FoldKernel(Math.max(...distances), new engine.Instance(module).exports);
    } catch {
      return undefined;
    }
  }

  /**
   * Folds on. `carry`: a window, and fewer than `stepBytes` bytes after it that wait to be folded; the
   * answer is the next one. `seed` is added to the first bytes of a message.
   */
  fold(carry: Uint8Array, bytes: Uint8Array, seed?: Uint8Array): Uint8Array {
    const memory = this.#memory;
    memory.set(carry);
    let filled = carry.length;
    for (let done = 0; done < bytes.length;) {
      const piece = bytes.subarray(done, done + memory.length - filled);
      memory.set(piece, filled);
      if (done === 0)
        seed?.forEach((byte, index) => (memory[filled + index] = byte ^ at(piece, index)));
      done += piece.length;
      filled += piece.length;
      const foldedBytes = filled - this.windowBytes - ((filled - this.windowBytes) % stepBytes);
      if (foldedBytes > 0) this.#exports.fold(0, foldedBytes);
      memory.copyWithin(0, foldedBytes, filled);
      filled -= foldedBytes;
    }
    return memory.slice(0, filled);
  }

  /** What is in a window because of bytes before it: those in it have been folded in vain. */
  unfold(window: Uint8Array): Uint8Array {
    const memory = this.#memory;
    const { windowBytes } = this;
    memory.fill(0, 0, windowBytes);
    memory.set(window, windowBytes);
    this.#exports.unfold(0, windowBytes);
    return memory.slice(unfoldedAt, unfoldedAt + windowBytes);
  }
}

/** Bytes folded between two looks at the end: four vectors. No distance is shorter. */
const stepBytes = 64;
const vectorBytes = 16;
/** Where `unfold` writes: behind what it reads. */
const unfoldedAt = 32 * 1024;

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly fold: (from: number, to: number) => void;
  readonly unfold: (from: number, to: number) => void;
}

/** The part of WebAssembly that is used here; the types of Node 20 lack it. */
interface WebAssemblyEngine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: KernelExports };
}

/**
 * The module, in the binary format of the WebAssembly core specification, chapter 5. Both functions
 * add up sixteen bytes with those at all distances before them; `fold` writes the sum in place, so that
 * it is added to later ones.
 */
function kernelModule(distances: readonly number[]): Uint8Array {
  const windowBytes = Math.max(...distances);
  const fold = kernelFunction(distances, windowBytes);
  const unfold = kernelFunction(distances, unfoldedAt);
  return new Uint8Array([
    ...ascii("\0asm\u0001\0\0\0"),
    ...section(1, [1, functionType, 2, i32, i32, 0]),
    ...section(3, [2, 0, 0]),
    // One page of 64 KiB, so that window and bytes stay in the processor's nearest caches.
    ...section(5, [1, 0, 1]),
    ...section(7, [3, ...name("memory"), 2, 0, ...name("fold"), 0, 0, ...name("unfold"), 0, 1]),
    ...section(10, [2, ...unsigned(fold.length), ...fold, ...unsigned(unfold.length), ...unfold]),
  ]);
}

/**
 * For parameters `from` and `to`, where w is the longest distance:
 *
 *     do {
 *       for (k of [0, 16, 32, 48]) {
 *         v = memory[from + w + k], 16 bytes;
 *         for (d of distances) v ^= memory[from + w + k - d];
 *         memory[from + writeAt + k] = v;
 *       }
 *       from += 64;
 *     } while (from < to);
 */
function kernelFunction(distances: readonly number[], writeAt: number): number[] {
  const windowBytes = Math.max(...distances);
  const code: number[] = [0, loop, noResult];
  for (let offset = 0; offset < stepBytes; offset += vectorBytes) {
    code.push(localGet, 0, localGet, 0, ...vectorLoad(windowBytes + offset));
    for (const distance of distances) {
      code.push(localGet, 0, ...vectorLoad(windowBytes + offset - distance), ...vectorXor);
    }
    code.push(...vectorStore(writeAt + offset));
  }
  code.push(localGet, 0, i32Const, ...signed(stepBytes), i32Add, localTee, 0);
  code.push(localGet, 1, i32LessUnsigned, branchIf, 0, end, end);
  return code;
}

const functionType = 0x60;
const i32 = 0x7f;
const loop = 0x03;
const noResult = 0x40;
const branchIf = 0x0d;
const end = 0x0b;
const localGet = 0x20;
const localTee = 0x22;
const i32Const = 0x41;
const i32LessUnsigned = 0x49;
const i32Add = 0x6a;
const vectorXor = [0xfd, 0x51];

/** Unaligned: a distance is any number of bytes. */
const vectorLoad = (offset: number): number[] => [0xfd, 0x00, 0, ...unsigned(offset)];
const vectorStore = (offset: number): number[] => [0xfd, 0x0b, 0, ...unsigned(offset)];

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...ascii(text)];
}

function ascii(text: string): number[] {
  return [...Buffer.from(text, "latin1")];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** LEB128 of a positive number: its highest bit must not be read as a sign. */
function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >> 7)];
}

/** Reads inside bounds. */
function at(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}
