import { headerLine } from "./header-line.ts";
import { HttpSyntaxError } from "./http-syntax-error.ts";
import { assertLineEnds } from "./line-ends.ts";

export interface ChunkedLimits {
  /** Of the line with a chunk's size, and of one trailer. */
  readonly lineBytes: number;
  /** Of all trailers. */
  readonly trailerBytes: number;
}

const sizeLine = /^([0-9a-f]{1,12})[\t ]*(?:;[\t\u0020-\u007e\u0080-\u00ff]*)?$/i;

/**
 * Takes the framing off a body of chunks, as its bytes come. Trailers have to be
 * headers, and are passed over. Throws
 * HttpSyntaxError. Source: RFC 9112, section 7.1.
 */
export class ChunkedReader {
  readonly #limits: ChunkedLimits;
  readonly #onBytes: (bytes: Buffer) => void;
  #state: "size" | "bytes" | "end" | "trailers" | "done" = "size";
  /** The beginning of a line that has not come whole. */
  #partial: Buffer | undefined;
  /** Of the chunk that is being read. */
  #leftBytes = 0;
  #trailerBytes = 0;

  /** `onBytes` is told of the body's bytes, to be used during the call only. */
  constructor(limits: ChunkedLimits, onBytes: (bytes: Buffer) => void) {
    this.#limits = limits;
    this.#onBytes = onBytes;
  }

  get isDone(): boolean {
    return this.#state === "done";
  }

  /** Answers what lies behind the end. */
  read(bytes: Buffer): Buffer {
    let rest = bytes;
    while (rest.length > 0 && this.#state !== "done") {
      rest = this.#state === "bytes" ? this.#readBytes(rest) : this.#readLine(rest);
    }
    return rest;
  }

  #readBytes(bytes: Buffer): Buffer {
    const length = Math.min(this.#leftBytes, bytes.length);
    this.#leftBytes -= length;
    if (this.#leftBytes === 0) this.#state = "end";
    this.#onBytes(length === bytes.length ? bytes : bytes.subarray(0, length));
    return bytes.subarray(length);
  }

  #readLine(bytes: Buffer): Buffer {
    const partial = this.#partial;
    const whole = partial === undefined ? bytes : Buffer.concat([partial, bytes]);
    this.#partial = undefined;
    const end = whole.indexOf("\r\n");
    if (end === -1) return this.#wait(whole);
    this.#assertShort(end);
    this.#takeLine(whole.toString("latin1", 0, end));
    return whole.subarray(end + 2);
  }

  #takeLine(line: string): void {
    if (this.#state === "end") {
      if (line !== "") throw new HttpSyntaxError("a chunk is longer than its size");
      this.#state = "size";
    } else if (this.#state === "size") {
      const size = sizeLine.exec(line)?.[1];
      if (size === undefined) throw new HttpSyntaxError("the size of a chunk is no number");
      this.#leftBytes = Number.parseInt(size, 16);
      this.#state = this.#leftBytes === 0 ? "trailers" : "bytes";
    } else {
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > this.#limits.trailerBytes) {
        throw new HttpSyntaxError("its end is too long", true);
      }
      if (line === "") this.#state = "done";
      else if (!headerLine.test(line)) throw new HttpSyntaxError("a line of its end is none");
    }
  }

  /** Keeps a copy, since the bytes' memory is used again. */
  #wait(bytes: Buffer): Buffer {
    assertLineEnds(bytes);
    // The last byte may be the first of the line's end.
    this.#assertShort(bytes.length - 1);
    this.#partial = Buffer.from(bytes);
    return bytes.subarray(bytes.length);
  }

  /** However the bytes of a line are cut. */
  #assertShort(lineBytes: number): void {
    if (lineBytes <= this.#limits.lineBytes) return;
    throw new HttpSyntaxError("a part of it that must be short is too long", true);
  }
}
