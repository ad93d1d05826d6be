import { constants, crc32, createDeflateRaw, type DeflateRaw } from "node:zlib";
import { archiveLimits } from "../../core/archive-limits.ts";
import type { PackedBytes } from "./pack-bytes.ts";

/** What comes out of one member after the other shares chunks of this; at 16 KiB nearly each took two of its own. */
const chunkSize = 64 * 1024;

/**
 * Compresses small members on Node's threads, by a few engines that are used again and again: a new one takes
 * 256 KiB outside of the heap and as long as the member itself. `level`: 0 to 9.
 */
export class PackEngines {
  readonly #level: number;
  readonly #idle: DeflateRaw[] = [];
  readonly #waiting: ((engine: DeflateRaw) => void)[] = [];
  #open = 0;

  constructor(level: number) {
    this.#level = level;
  }

  /** As `packBytes`, with the same bytes. */
  async pack(bytes: Uint8Array): Promise<PackedBytes> {
    const stored = { crc32: crc32(bytes), method: "store", bytes } as const;
    if (this.#level === 0 || bytes.length === 0) return stored;
    const engine = await this.#take();
    const packed = await run(engine, bytes);
    engine.reset();
    this.#give(engine);
    return packed.length < bytes.length ? { ...stored, method: "deflate", bytes: packed } : stored;
  }

  /** Once nobody packs any more. */
  close(): void {
    for (const engine of this.#idle.splice(0)) engine.close();
  }

  async #take(): Promise<DeflateRaw> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#open >= archiveLimits.packEngines) {
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#open += 1;
    // Each write is a whole member.
    return createDeflateRaw({ level: this.#level, flush: constants.Z_FINISH, chunkSize });
  }

  #give(engine: DeflateRaw): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(engine);
    else next(engine);
  }
}

async function run(engine: DeflateRaw, bytes: Uint8Array): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const onData = (chunk: Buffer): void => void chunks.push(chunk);
  engine.on("data", onData);
  try {
    await new Promise<void>((resolve, reject) => {
      engine.write(bytes, (error) => {
        // What waits for the next turn is given to the listener at once.
        while (engine.read() !== null);
        if (error instanceof Error) reject(error);
        else resolve();
      });
    });
  } finally {
    engine.off("data", onData);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
