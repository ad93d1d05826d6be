import { httpLimits } from "../../core/http-limits.ts";
import { serverLimits } from "../../core/limits.ts";
import { ChunkedReader } from "../../protocol/http/chunked-reader.ts";
import { HttpSyntaxError } from "../../protocol/http/http-syntax-error.ts";
import { assertLineEnds } from "../../protocol/http/line-ends.ts";
import { parseRequestHead, type RequestHead } from "../../protocol/http/request-head.ts";

/** Whom a reader tells what it has read. */
export interface RequestListener {
  onHead(head: RequestHead): void;
  /** The bytes are the listener's to keep. */
  onBody(bytes: Buffer): void;
  onEnd(): void;
}

/** Of a method, or of an empty line before it. */
const beginning = /[!#$%&'*+.^_`|~0-9A-Za-z\r-]/;
const empty = Buffer.alloc(0);

/** Reads the requests of a connection out of its bytes, one at a time. Throws HttpSyntaxError. */
export class RequestReader {
  readonly #listener: RequestListener;
  #state: "head" | "length" | "chunks" = "head";
  /** The beginning of a head that has not come whole: bytes, and how many of the memory they are. */
  #memory: Buffer = empty;
  #size = 0;
  #leftBytes = 0;
  #chunks: ChunkedReader | undefined;

  constructor(listener: RequestListener) {
    this.#listener = listener;
  }

  /** Nothing has come since the last request. */
  get isBetween(): boolean {
    return this.#state === "head" && this.#size === 0;
  }

  /** Takes bytes up to the end of a request; answers those behind it. */
  read(bytes: Buffer): Buffer {
    const rest = this.#state === "head" ? this.#readHead(bytes) : bytes;
    if (this.#state === "head" || rest.length === 0) return rest;
    return this.#state === "length" ? this.#readLength(rest) : this.#readChunks(rest);
  }

  #readHead(bytes: Buffer): Buffer {
    let before = this.#size;
    const joined = before === 0 ? bytes : this.#grown(bytes);
    const whole = withoutEmptyLines(joined);
    if (whole.length < joined.length) {
      // Empty lines are not kept: there is no bound on them, and they would shift what has been looked at.
      this.#forget();
      before = 0;
    }
    const end = whole.indexOf("\r\n\r\n", Math.max(0, before - 3));
    // Three bytes may be those of an end that has not come whole.
    if ((end === -1 ? whole.length - 3 : end) > serverLimits.headerBytes) {
      throw new HttpSyntaxError("its headers are too long", true);
    }
    if (end === -1) return this.#wait(whole, before);
    this.#forget();
    this.#begin(parseRequestHead(whole.toString("latin1", 0, end)));
    return end + 4 === whole.length ? empty : whole.subarray(end + 4);
  }

  #forget(): void {
    this.#memory = empty;
    this.#size = 0;
  }

  #begin(head: RequestHead): void {
    this.#leftBytes = head.lengthBytes ?? 0;
    if (head.isChunked) {
      this.#state = "chunks";
      this.#chunks = new ChunkedReader(chunkedLimits, (bytes) => this.#listener.onBody(bytes));
    } else if (this.#leftBytes > 0) {
      this.#state = "length";
    }
    this.#listener.onHead(head);
    if (this.#state === "head") this.#listener.onEnd();
  }

  #readLength(bytes: Buffer): Buffer {
    const length = Math.min(this.#leftBytes, bytes.length);
    this.#leftBytes -= length;
    this.#listener.onBody(length === bytes.length ? bytes : bytes.subarray(0, length));
    if (this.#leftBytes === 0) this.#end();
    return length === bytes.length ? empty : bytes.subarray(length);
  }

  #readChunks(bytes: Buffer): Buffer {
    const rest = this.#chunks?.read(bytes) ?? bytes;
    if (this.#chunks?.isDone === true) this.#end();
    return rest;
  }

  #end(): void {
    this.#state = "head";
    this.#chunks = undefined;
    this.#listener.onEnd();
  }

  /** What is no HTTP is not waited for to end. */
  #wait(whole: Buffer, before: number): Buffer {
    if (whole.length === 0) return empty;
    if (before === 0 && !beginning.test(String.fromCharCode(whole[0] ?? 0))) {
      throw new HttpSyntaxError("it is no HTTP");
    }
    assertLineEnds(whole, before);
    if (before === 0) this.#grown(whole);
    return empty;
  }

  /** With room for more, so that a head that comes byte by byte is not copied anew with each. */
  #grown(bytes: Buffer): Buffer {
    const size = this.#size + bytes.length;
    if (size > this.#memory.length) {
      const memory = Buffer.allocUnsafe(Math.max(2 * size, 1024));
      this.#memory.copy(memory, 0, 0, this.#size);
      this.#memory = memory;
    }
    bytes.copy(this.#memory, this.#size);
    this.#size = size;
    return this.#memory.subarray(0, size);
  }
}

const chunkedLimits = {
  lineBytes: httpLimits.chunkLineBytes,
  trailerBytes: serverLimits.headerBytes,
};

/** Some clients send an empty line behind a body. Source: RFC 9112, section 2.2. */
function withoutEmptyLines(bytes: Buffer): Buffer {
  let start = 0;
  while (bytes[start] === 13 && bytes[start + 1] === 10) start += 2;
  return start === 0 ? bytes : bytes.subarray(start);
}
