import { ArchiveFault } from "./archive-fault.ts";

/** Takes bytes that come in chunks of any length in pieces of given ones. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  /** Bytes taken. */
  position = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next bytes, so many at most, in the source's own memory; undefined at the end. */
  async some(mostBytes: number): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#source.next();
      if (done === true) return undefined;
      this.#chunk = value;
    }
    const taken = this.#chunk.subarray(0, mostBytes);
    this.#chunk = this.#chunk.subarray(taken.length);
    this.position += taken.length;
    return taken;
  }

  /** Fewer only at the end. */
  async upTo(lengthBytes: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(lengthBytes);
    let filled = 0;
    while (filled < lengthBytes) {
      const part = await this.some(lengthBytes - filled);
      if (part === undefined) break;
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes.subarray(0, filled);
  }

  /** As they come, all of them. Throws IntegrityError when there are fewer. */
  async *stream(lengthBytes: number): AsyncGenerator<Uint8Array, void> {
    for (let left = lengthBytes; left > 0;) {
      const part = await this.some(left);
      if (part === undefined) throw endsEarly(this.position);
      left -= part.length;
      yield part;
    }
  }

  async leave(): Promise<void> {
    await this.#source.return?.();
  }
}

export function endsEarly(position: number): ArchiveFault {
  return new ArchiveFault(
    "IntegrityError",
    (archive) => `${archive} ends after ${position} bytes, before its end marker.`,
    { remedy: "It was cut off: make or fetch it again." },
  );
}
