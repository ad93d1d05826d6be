/** Types of values. Source of all numbers here: WebAssembly Core Specification 2.0, section 5. */
export const wasmType = { i32: 0x7f, v128: 0x7b };

/** Instructions without operands. */
export const i32 = { add: [0x6a], and: [0x71], or: [0x72], xor: [0x73], rotl: [0x77] };
export const v128 = { not: [0x4d], and: [0x4e], andnot: [0x4f], or: [0x50], xor: [0x51] };
/** Four words of 32 bits. */
export const i32x4 = { add: [0xae, 0x01], shl: [0xab, 0x01], shr: [0xad, 0x01] };

const simd = 0xfd;
const noValue = 0x40;
/** Of operands, as a power of two: words and vectors of them. */
const wordAlign = 2;
const vectorAlign = 4;

/** The instructions of a function, written one behind the other. Addresses are `offset` plus what is on the stack. */
export class WasmCode {
  readonly bytes: number[] = [];

  get(local: number): this {
    return this.#push(0x20, ...unsigned(local));
  }

  set(local: number): this {
    return this.#push(0x21, ...unsigned(local));
  }

  constant(value: number): this {
    return this.#push(0x41, ...signed(value));
  }

  op(instruction: readonly number[]): this {
    return this.#push(...instruction);
  }

  vectorOp(instruction: readonly number[]): this {
    return this.#push(simd, ...instruction);
  }

  loadWord(offset: number): this {
    return this.#push(0x28, wordAlign, ...unsigned(offset));
  }

  storeWord(offset: number): this {
    return this.#push(0x36, wordAlign, ...unsigned(offset));
  }

  loadVector(offset: number): this {
    return this.#push(simd, 0x00, vectorAlign, ...unsigned(offset));
  }

  storeVector(offset: number): this {
    return this.#push(simd, 0x0b, vectorAlign, ...unsigned(offset));
  }

  /** A vector with a word in its first lane, and nothing in the others. */
  loadFirstLane(offset: number): this {
    return this.#push(simd, 0x5c, wordAlign, ...unsigned(offset));
  }

  /** Takes an address and a vector, and gives that with a word in one of its lanes. */
  loadLane(offset: number, lane: number): this {
    return this.#push(simd, 0x56, wordAlign, ...unsigned(offset), lane);
  }

  /** Does what `body` writes at least once, and again while `local` + `step`, which it becomes, is below `bound`. */
  countUp(local: number, step: number, bound: number, body: () => void): this {
    this.#push(0x03, noValue);
    body();
    this.get(local).constant(step).op(i32.add).set(local);
    // Less than, unsigned; back to the loop.
    return this.get(local).get(bound).#push(0x49, 0x0d, 0x00, 0x0b);
  }

  #push(...bytes: readonly number[]): this {
    this.bytes.push(...bytes);
    return this;
  }
}

export interface WasmFunction {
  /** Of one letter. */
  readonly name: string;
  /** Behind the only parameter, an i32: how many there are of each type. */
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly code: WasmCode;
}

/** A module of functions from an i32 to nothing, with a memory of its own that is exported as `m`. */
export function wasmModule(
  functions: readonly WasmFunction[],
  pages: number,
): Uint8Array<ArrayBuffer> {
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const type = [0x60, ...list([[wasmType.i32]]), ...list([])];
  const memoryExport = [...named("m"), 0x02, 0x00];
  const exports = functions.map(({ name }, index) => [...named(name), 0x00, ...unsigned(index)]);
  return Uint8Array.from([
    ...header,
    ...section(1, [type]),
    ...section(
      3,
      functions.map(() => [0x00]),
    ),
    ...section(5, [[0x00, ...unsigned(pages)]]),
    ...section(7, [memoryExport, ...exports]),
    ...section(10, functions.map(bodyOf)),
  ]);
}

function bodyOf({ locals, code }: WasmFunction): number[] {
  const declared = locals.map(([count, type]) => [...unsigned(count), type]);
  const body = [...list(declared), ...code.bytes, 0x0b];
  return [...unsigned(body.length), ...body];
}

function section(id: number, entries: readonly (readonly number[])[]): number[] {
  const content = list(entries);
  return [id, ...unsigned(content.length), ...content];
}

function list(entries: readonly (readonly number[])[]): number[] {
  return [...unsigned(entries.length), ...entries.flat()];
}

function named(name: string): number[] {
  return [1, name.charCodeAt(0)];
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest < -0x40 || rest > 0x3f; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest & 0x7f];
}
