import type { Socket } from "node:net";
import { assert } from "../../core/assert.ts";
import { serverLimits } from "../../core/limits.ts";
import { formatHttpDate } from "../../protocol/http-date.ts";
import { encodeHeaderText } from "../../protocol/headers/header-text.ts";
import type { RequestHead } from "../../protocol/http/request-head.ts";
import { reasonPhrase } from "./reason-phrase.ts";

/** What the head says of the body. */
export interface ResponseFraming {
  /** Undefined: not known beforehand. */
  readonly length: string | number | undefined;
  /** Nothing follows the head, whatever it says. */
  readonly isBodiless: boolean;
}

/** Up to this size a body is copied behind its head: one call of the system and of the socket for both. */
const copiedBytes = 32_768;
const lastChunk = "0\r\n\r\n";

/** The answer to one request, written onto its connection. */
export class HttpResponse {
  readonly socket: Socket;
  readonly #request: RequestHead;
  /** The head, until it leaves with the body's first bytes. */
  #head: string | undefined;
  #headersSent = false;
  #isChunked = false;
  /** Of the length that the head has told; undefined: it told none. */
  #owedBytes: number | undefined;
  #hasEnded = false;
  #closes: boolean;
  /** Writes that the system has not taken. */
  #pending = 0;
  #sentAtOnce = false;
  #wasCut = false;

  constructor(socket: Socket, request: RequestHead) {
    this.socket = socket;
    this.#request = request;
    this.#closes = !request.keepsAlive;
  }

  get headersSent(): boolean {
    return this.#headersSent;
  }

  /** The connection is gone. */
  get destroyed(): boolean {
    return this.socket.destroyed;
  }

  /** All of it has been handed to the system. */
  get isSent(): boolean {
    if (!this.#hasEnded || this.#wasCut) return false;
    return this.#sentAtOnce || this.#pending === 0;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The connection ends with this answer. */
  get closes(): boolean {
    return this.#closes;
  }

  /** Has the connection end with this answer; told in the head if that has not left. */
  close(): void {
    this.#closes = true;
  }

  /** More would only wait in memory. */
  get needsDrain(): boolean {
    return this.socket.writableNeedDrain;
  }

  writeContinue(): void {
    if (!this.destroyed) this.socket.write("HTTP/1.1 100 Continue\r\n\r\n", "latin1");
  }

  /** `headers`: name, value, name, value, ..., sent in UTF-8. Leaves with the body's first bytes, or at the end. */
  writeHead(status: number, headers: readonly string[], framing: ResponseFraming): void {
    assert(!this.#headersSent, "An answer has one head.");
    const { length } = framing;
    this.#frame(framing);
    let date = `Date: ${dateNow()}\r\n`;
    let head = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index] ?? "";
      head += `${name}: ${headers[index + 1]}\r\n`;
      if (name === "date") date = "";
    }
    if (length !== undefined) head += `content-length: ${length}\r\n`;
    if (this.#isChunked) head += "Transfer-Encoding: chunked\r\n";
    const framingLines = (length === undefined ? 0 : 1) + (this.#isChunked ? 1 : 0);
    assertSound(head, 1 + headers.length / 2 + framingLines);
    this.#headersSent = true;
    this.#head = `${encodeHeaderText(head)}${date}${this.#closes ? closing : lasting}\r\n`;
  }

  /** False: the reader is slow. `onTaken` hears when the system has the bytes, or an error. */
  write(bytes: Uint8Array, onTaken?: () => void): boolean {
    if (!this.#owes(bytes.length)) return true;
    const head = this.#head;
    this.#head = undefined;
    const done = this.#onTaken(onTaken);
    if (this.#isChunked) return this.#writeChunk(head ?? "", bytes, done);
    if (head === undefined) return this.socket.write(bytes, done);
    if (head.length + bytes.length <= copiedBytes) {
      const whole = answerRoom(head.length + bytes.length);
      whole.write(head, 0, "latin1");
      whole.set(bytes, head.length);
      return this.socket.write(whole, done);
    }
    this.socket.cork();
    this.socket.write(head, "latin1");
    const isTaken = this.socket.write(bytes, done);
    this.socket.uncork();
    return isTaken;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if ((this.#owedBytes ?? 0) > 0) this.destroy();
    this.#wasCut = this.destroyed;
    if (this.#wasCut) return;
    const rest = (this.#head ?? "") + (this.#isChunked ? lastChunk : "");
    this.#head = undefined;
    if (rest !== "") {
      const bytes = answerRoom(rest.length);
      bytes.write(rest, "latin1");
      this.socket.write(bytes, this.#onTaken(undefined));
    }
    this.#sentAtOnce = this.socket.writableLength === 0;
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Resolves when the connection takes more, or is gone. */
  async whenWritable(): Promise<void> {
    const { socket } = this;
    if (socket.destroyed || !socket.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        socket.off("drain", settle).off("close", settle);
        resolve();
      };
      socket.on("drain", settle).on("close", settle);
    });
  }

  /** Does what waits for the reader. One that stops reading holds neither an object's file nor memory for ever. */
  async whileRead(write: () => Promise<void>): Promise<void> {
    const { socket } = this;
    const onTimeout = (): void => this.destroy();
    socket.setTimeout(serverLimits.readerIdleTimeoutMs, onTimeout);
    // With TLS a reset may look like an end, and what is written then is never taken, and fails never.
    const onEnd = (): void => void socket.setTimeout(serverLimits.endedReaderIdleTimeoutMs);
    if ("encrypted" in socket) {
      if (socket.readableEnded) onEnd();
      else socket.on("end", onEnd);
    }
    try {
      await write();
    } finally {
      socket.setTimeout(0);
      socket.off("timeout", onTimeout).off("end", onEnd);
    }
  }

  #frame({ length, isBodiless }: ResponseFraming): void {
    const isUnmeasured = length === undefined && !isBodiless;
    this.#isChunked = isUnmeasured && this.#request.version === "1.1";
    // Old clients are told the end by that of the connection.
    if (isUnmeasured && !this.#isChunked) this.#closes = true;
    this.#owedBytes = length === undefined || isBodiless ? undefined : Number(length);
  }

  /** More or less than was told would have the client take the next answer at a wrong place. */
  #owes(count: number): boolean {
    if (this.#owedBytes === undefined) return true;
    this.#owedBytes -= count;
    if (this.#owedBytes >= 0) return true;
    this.destroy();
    return false;
  }

  #writeChunk(head: string, bytes: Uint8Array, done: (error?: Error | null) => void): boolean {
    // A chunk of no bytes would be the end.
    const size = bytes.length === 0 ? "" : `${bytes.length.toString(16)}\r\n`;
    this.socket.cork();
    this.socket.write(head + size, "latin1");
    if (size !== "") this.socket.write(bytes);
    const isTaken = this.socket.write(size === "" ? "" : "\r\n", "latin1", done);
    this.socket.uncork();
    return isTaken;
  }

  #onTaken(listener: (() => void) | undefined): (error?: Error | null) => void {
    this.#pending += 1;
    return (error) => {
      // Of a connection that was cut, node tells no error.
      if ((error !== undefined && error !== null) || this.destroyed) return;
      this.#pending -= 1;
      listener?.();
    };
  }
}

const closing = "Connection: close\r\n";
const lasting = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(serverLimits.keepAliveTimeoutMs / 1000)}\r\n`;

/** Small answers are next to each other in it: memory of its own for each is soon all that is collected. */
let page = Buffer.allocUnsafeSlow(0);
const pageBytes = 65_536;
let pageUsed = 0;

function answerRoom(sizeBytes: number): Buffer {
  // Of no page: a head may be larger than one.
  if (sizeBytes > copiedBytes) return Buffer.allocUnsafeSlow(sizeBytes);
  if (pageUsed + sizeBytes > page.length) {
    page = Buffer.allocUnsafeSlow(pageBytes);
    pageUsed = 0;
  }
  const room = page.subarray(pageUsed, pageUsed + sizeBytes);
  pageUsed += sizeBytes;
  return room;
}

const [tab, lf, cr, space, del] = [9, 10, 13, 32, 127];

/** Whatever a header says, it may not begin another: no control characters, and no ends of lines but its own. */
function assertSound(head: string, expectedLines: number): void {
  let lfs = 0;
  let crs = 0;
  let isSound = true;
  for (let at = 0; at < head.length; at += 1) {
    const code = head.charCodeAt(at);
    if (code === lf) lfs += 1;
    else if (code === cr) crs += 1;
    else if ((code < space && code !== tab) || code === del) isSound = false;
  }
  assert(
    isSound && lfs === expectedLines && crs === expectedLines,
    "A header of an answer cannot be sent.",
  );
}

let second = 0;
let secondText = "";

/** The date of the wire has seconds, so that it is made once in each. */
function dateNow(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    secondText = formatHttpDate(new Date(now * 1000));
  }
  return secondText;
}
