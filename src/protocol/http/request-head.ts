import { trimBlanks } from "../headers/trim-blanks.ts";
import { HttpSyntaxError } from "./http-syntax-error.ts";

/** The head of a request: its first line, its headers, and what they say of its body and connection. */
export interface RequestHead {
  readonly method: string;
  /** As it stands in the first line. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  /** Name, value, name, value, ... in the order of the wire; latin1 views of the bytes. */
  readonly rawHeaders: readonly string[];
  /** Undefined: none is announced; then there is a body only of chunks. */
  readonly lengthBytes: number | undefined;
  readonly isChunked: boolean;
  /** The client would use the connection again. */
  readonly keepsAlive: boolean;
  /** The client waits for `100 Continue`. */
  readonly expectsContinue: boolean;
}

const requestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([\u0021-\u007e]+) HTTP\/(1\.[01])$/;
/** All of them at once. Linear: no byte can be read in two ways. */
const headerLines = /^(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\u0020-\u007e\u0080-\u00ff]*)*$/;

/** What headers say of how the request is framed. */
interface Framing {
  lengthBytes: number | undefined;
  isChunked: boolean;
  connection: string;
  expects: boolean;
}

/**
 * Reads a head without the empty line that ends it. Strict: what could be read in two ways is refused, such as
 * folded lines, a blank before a colon, two lengths, or a length beside chunks. Throws HttpSyntaxError.
 * Source: RFC 9112, sections 3, 5 and 6.
 */
export function parseRequestHead(text: string): RequestHead {
  const firstEnd = text.indexOf("\r\n");
  const first = firstEnd === -1 ? text : text.slice(0, firstEnd);
  const [, method, target = "", minor] = requestLine.exec(first) ?? [];
  if (method === undefined) throw new HttpSyntaxError("its first line is none of HTTP/1.1");
  const version = minor === "1.0" ? "1.0" : "1.1";
  const { rawHeaders, lengthBytes, isChunked, connection, expects } = readHeaders(
    firstEnd === -1 ? "" : text.slice(firstEnd),
  );
  if (isChunked) assertChunkable(lengthBytes, version);
  const expectsContinue = expects && version === "1.1";
  const keepsAlive = goesOn(method, version, connection);
  return {
    method,
    target,
    version,
    rawHeaders,
    lengthBytes,
    isChunked,
    keepsAlive,
    expectsContinue,
  };
}

/** `lines`: each behind its line end. */
function readHeaders(lines: string): Framing & Pick<RequestHead, "rawHeaders"> {
  if (!headerLines.test(lines)) throw new HttpSyntaxError("a line of its headers is none");
  const rawHeaders: string[] = [];
  const framing: Framing & Pick<RequestHead, "rawHeaders"> = {
    rawHeaders,
    lengthBytes: undefined,
    isChunked: false,
    connection: "",
    expects: false,
  };
  for (let at = 2; at < lines.length;) {
    const colon = lines.indexOf(":", at);
    const next = lines.indexOf("\r\n", colon);
    const end = next === -1 ? lines.length : next;
    const name = lines.slice(at, colon);
    const value = trimBlanks(lines.slice(colon + 1, end));
    rawHeaders.push(name, value);
    takeFraming(framing, name, value);
    at = end + 2;
  }
  return framing;
}

/** The few names that count have lengths of their own, by which most others are passed over. */
function takeFraming(framing: Framing, name: string, value: string): void {
  const { length } = name;
  if (length === 14 && name.toLowerCase() === "content-length") {
    framing.lengthBytes = lengthOf(value, framing.lengthBytes);
  } else if (length === 17 && name.toLowerCase() === "transfer-encoding") {
    assertChunked(value, framing.isChunked);
    framing.isChunked = true;
  } else if (length === 10 && name.toLowerCase() === "connection") {
    framing.connection += `,${value.toLowerCase()}`;
  } else if (length === 6 && name.toLowerCase() === "expect") {
    framing.expects ||= names(value.toLowerCase(), "100-continue");
  }
}

function lengthOf(value: string, earlier: number | undefined): number {
  if (earlier !== undefined) throw new HttpSyntaxError("it has two lengths");
  if (!/^\d{1,15}$/.test(value)) throw new HttpSyntaxError("its length is no number");
  return Number(value);
}

function assertChunked(value: string, isChunked: boolean): void {
  if (isChunked || value.toLowerCase() !== "chunked") {
    throw new HttpSyntaxError("it is encoded in another way than in chunks");
  }
}

function assertChunkable(lengthBytes: number | undefined, version: string): void {
  if (lengthBytes !== undefined) throw new HttpSyntaxError("it has a length and chunks");
  if (version === "1.0") throw new HttpSyntaxError("HTTP/1.0 has no chunks");
}

/** Behind a CONNECT a client may send what it means for a tunnel. */
function goesOn(method: string, version: string, connection: string): boolean {
  if (method === "CONNECT" || names(connection, "close")) return false;
  return version === "1.1" || names(connection, "keep-alive");
}

/** Whether a list of options has it. */
function names(connection: string, option: string): boolean {
  return connection !== "" && connection.split(",").some((one) => trimBlanks(one) === option);
}
