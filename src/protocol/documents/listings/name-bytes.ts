import type { NameWriter } from "./write-listing.ts";

const asciiCount = 0x80;

/** How names of ASCII letters are written, byte by byte, as a `NameWriter` writes them. */
export class NameBytes {
  /** 1: written as it is. */
  readonly #isPlain = new Uint8Array(256);
  /** What is written for another; none for bytes beyond ASCII. */
  readonly #escaped: (Uint8Array | undefined)[] = [];
  /** For one byte, at most. */
  readonly longest: number;

  constructor(write: NameWriter) {
    let longest = 1;
    for (let byte = 0; byte < asciiCount; byte += 1) {
      const text = String.fromCharCode(byte);
      const written = Buffer.from(write(text), "utf8");
      this.#escaped[byte] = written;
      this.#isPlain[byte] = written.length === 1 && written[0] === byte ? 1 : 0;
      longest = Math.max(longest, written.length);
    }
    this.longest = longest;
  }

  /** Answers where in `target` it ends, -1 for a name that is not all ASCII. */
  write(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
    const isPlain = this.#isPlain;
    let to = at;
    for (let from = start; from < end; from += 1) {
      const byte = source[from] ?? 0;
      if (isPlain[byte] === 1) {
        target[to] = byte;
        to += 1;
        continue;
      }
      const escaped = this.#escaped[byte];
      if (escaped === undefined) return -1;
      target.set(escaped, to);
      to += escaped.length;
    }
    return to;
  }
}
