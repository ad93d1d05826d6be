import { clientLimits } from "../../core/limits.ts";
import { trimBlanks } from "../../protocol/headers/trim-blanks.ts";
import { ChunkedReader } from "../../protocol/http/chunked-reader.ts";
import { headerLine } from "../../protocol/http/header-line.ts";
import { HttpSyntaxError } from "../../protocol/http/http-syntax-error.ts";
import { assertLineEnds } from "../../protocol/http/line-ends.ts";
import { TransportError } from "../transport-error.ts";

/** Status and headers of an answer. */
export interface AnswerHead {
  readonly status: number;
  /** Names in lower case; several of one name joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body, where that is said beforehand. */
  readonly lengthBytes: number | undefined;
}

/** Whom a reader tells what it has read. */
export interface AnswerListener {
  onHead(head: AnswerHead): void;
  /** Bytes of the body, to be used during the call only. */
  onBody(bytes: Buffer): void;
  onEnd(): void;
}

type State = "head" | "length" | "chunks" | "until-close" | "done";

const chunkedLimits = {
  lineBytes: clientLimits.chunkLineBytes,
  trailerBytes: clientLimits.answerHeadBytes,
};

/**
 * Reads one HTTP/1.1 answer out of the bytes of a connection, as they come. Strict: what could be read
 * in two ways is refused. Throws TransportError. Source: RFC 9112.
 */
export class AnswerReader {
  readonly #isHead: boolean;
  readonly #listener: AnswerListener;
  #state: State = "head";
  /** The beginning of a head that has not come whole. */
  #partial: Buffer | undefined;
  #interimAnswers = 0;
  /** Of the body. */
  #leftBytes = 0;
  #chunks: ChunkedReader | undefined;
  /** The connection can carry another request once this answer has been read. */
  keepsAlive = false;
  /** Seconds for which the store says it keeps an idle connection. */
  keepAliveSeconds: number | undefined;

  /** `isHead`: it answers a HEAD, so that no body follows. */
  constructor(isHead: boolean, listener: AnswerListener) {
    this.#isHead = isHead;
    this.#listener = listener;
  }

  get isDone(): boolean {
    return this.#state === "done";
  }

  /** Takes bytes. Answers false when there are some beyond the answer's end. */
  read(chunk: Buffer): boolean {
    let rest = chunk;
    try {
      while (rest.length > 0) {
        if (this.#state === "done") return false;
        rest = this.#step(rest);
      }
    } catch (error) {
      throw error instanceof HttpSyntaxError ? malformed(error.message) : error;
    }
    return true;
  }

  /** The connection was closed. Throws TransportError when the answer is not whole. */
  close(cause?: Error): void {
    if (this.#state === "done") return;
    if (this.#state !== "until-close" || cause !== undefined) {
      const text = "The connection broke in the middle of the answer.";
      throw new TransportError("lost", text, { cause });
    }
    this.#finish();
  }

  #step(bytes: Buffer): Buffer {
    const state = this.#state;
    if (state === "head") return this.#readHead(bytes);
    if (state === "length") return this.#readLength(bytes);
    if (state === "chunks") return this.#readChunks(bytes);
    this.#listener.onBody(bytes);
    return bytes.subarray(bytes.length);
  }

  #readHead(bytes: Buffer): Buffer {
    const whole = this.#withPartial(bytes);
    const end = whole.indexOf("\r\n\r\n");
    if (end === -1 || end > clientLimits.answerHeadBytes) {
      assertHttp(whole);
      assertLineEnds(whole);
      return this.#wait(whole);
    }
    const head = parseHead(whole.toString("latin1", 0, end));
    const rest = whole.subarray(end + 4);
    if (head.status >= 200) this.#begin(head);
    else this.#passOver(head.status);
    return rest;
  }

  /** Answers such as `103 Early Hints` come before the one that counts, but not for ever. */
  #passOver(status: number): void {
    if (status === 101) throw malformed("it switches to another protocol");
    this.#interimAnswers += 1;
    if (this.#interimAnswers <= clientLimits.interimAnswers) return;
    const text = `It sent ${this.#interimAnswers} interim answers and no other.`;
    throw new TransportError("lost", text);
  }

  #begin({ status, headers, isOld }: ParsedHead): void {
    this.#readKeepAlive(headers, isOld);
    const lengthBytes = contentLength(headers);
    const chunked = isChunked(headers);
    this.#leftBytes = lengthBytes ?? 0;
    const hasNone = this.#isHead || status === 204 || status === 304 || lengthBytes === 0;
    if (chunked) {
      this.#state = "chunks";
      this.#chunks = new ChunkedReader(chunkedLimits, (bytes) => this.#listener.onBody(bytes));
    } else if (lengthBytes !== undefined) this.#state = "length";
    else this.#state = "until-close";
    if (!hasNone && this.#state === "until-close") this.keepsAlive = false;
    this.#listener.onHead({ status, headers, lengthBytes });
    if (hasNone) this.#finish();
  }

  #readKeepAlive(headers: ParsedHead["headers"], isOld: boolean): void {
    const connection = (headers["connection"] ?? "").toLowerCase();
    this.keepsAlive = isOld ? connection.includes("keep-alive") : !connection.includes("close");
    const hint = /timeout=(\d{1,6})/i.exec(headers["keep-alive"] ?? "")?.[1];
    this.keepAliveSeconds = hint === undefined ? undefined : Number(hint);
  }

  #readLength(bytes: Buffer): Buffer {
    const length = Math.min(this.#leftBytes, bytes.length);
    this.#leftBytes -= length;
    this.#listener.onBody(length === bytes.length ? bytes : bytes.subarray(0, length));
    if (this.#leftBytes === 0) this.#finish();
    return bytes.subarray(length);
  }

  #readChunks(bytes: Buffer): Buffer {
    const rest = this.#chunks?.read(bytes) ?? bytes;
    if (this.#chunks?.isDone === true) this.#finish();
    return rest;
  }

  #withPartial(bytes: Buffer): Buffer {
    const partial = this.#partial;
    if (partial === undefined) return bytes;
    this.#partial = undefined;
    return Buffer.concat([partial, bytes]);
  }

  /** Keeps a copy, since the bytes' memory is used again. */
  #wait(bytes: Buffer): Buffer {
    if (bytes.length > clientLimits.answerHeadBytes) {
      throw malformed("a part of it that must be short is too long");
    }
    this.#partial = Buffer.from(bytes);
    return bytes.subarray(bytes.length);
  }

  #finish(): void {
    this.#state = "done";
    this.#listener.onEnd();
  }
}

interface ParsedHead {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** HTTP/1.0. */
  readonly isOld: boolean;
}

const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: [\t\u0020-\u007e\u0080-\u00ff]*)?$/;

function parseHead(text: string): ParsedHead {
  const [first = "", ...lines] = text.split("\r\n");
  const [, minor, status] = statusLine.exec(first) ?? [];
  if (status === undefined) throw notHttp();
  // Any name is a member's, `__proto__` too.
  const headers = Object.create(null) as Record<string, string>;
  for (const line of lines) addHeader(headers, line);
  return { status: Number(status), headers, isOld: minor === "0" };
}

function addHeader(headers: Record<string, string>, line: string): void {
  const [, given = "", raw = ""] = headerLine.exec(line) ?? [];
  if (given === "") throw malformed("a line of its headers is none");
  const name = given.toLowerCase();
  const value = trimBlanks(raw);
  const before = headers[name];
  if (before !== undefined && name === "content-length") throw malformed("it has two lengths");
  headers[name] = before === undefined ? value : `${before}, ${value}`;
}

/** What is no HTTP is not waited for to end. */
function assertHttp(beginning: Buffer): void {
  const expected = "HTTP/1.";
  const found = beginning.toString("latin1", 0, expected.length);
  if (!expected.startsWith(found)) throw notHttp();
}

function contentLength(headers: Readonly<Record<string, string>>): number | undefined {
  const text = headers["content-length"];
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw malformed("its length is no number");
  if (headers["transfer-encoding"] !== undefined) throw malformed("it has a length and chunks");
  return Number(text);
}

function isChunked(headers: Readonly<Record<string, string>>): boolean {
  const encoding = headers["transfer-encoding"];
  if (encoding === undefined) return false;
  if (encoding.toLowerCase() !== "chunked") throw malformed(`it is encoded as ${encoding}`);
  return true;
}

function malformed(why: string): TransportError {
  return new TransportError("lost", `The answer is not valid HTTP: ${why}.`);
}

function notHttp(): TransportError {
  const cause = Object.assign(new Error("no HTTP"), { code: "ERR_NOT_HTTP" });
  return new TransportError("lost", "The answer is not HTTP.", { cause });
}
