import { trimBlanks } from "../headers/trim-blanks.ts";
import { addHeader } from "../sigv4/received-request.ts";
import { HttpSyntaxError } from "./http-syntax-error.ts";

/** The head of a request: its first line, its headers, and what they say of its body and connection. */
export interface RequestHead {
  readonly method: string;
  /** As it stands in the first line. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  /** All that came, as a signature has them: see `addHeader`. */
  readonly headers: ReadonlyMap<string, string>;
  /** Lines of headers; several may be of one name. */
  readonly headerCount: number;
  readonly hostCount: number;
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

/** Headers, and what they say of how the request is framed. */
interface Framing {
  readonly headers: Map<string, string>;
  headerCount: number;
  hostCount: number;
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
  const framing = readHeaders(firstEnd === -1 ? "" : text.slice(firstEnd));
  const { headers, headerCount, hostCount, lengthBytes, isChunked, connection, expects } = framing;
  if (isChunked) assertChunkable(lengthBytes, version);
  const expectsContinue = expects && version === "1.1";
  const keepsAlive = goesOn(method, version, connection);
  return {
    method,
    target,
    version,
    headers,
    headerCount,
    hostCount,
    lengthBytes,
    isChunked,
    keepsAlive,
    expectsContinue,
  };
}

/** `lines`: each behind its line end. */
function readHeaders(lines: string): Framing {
  if (!headerLines.test(lines)) throw new HttpSyntaxError("a line of its headers is none");
  const framing: Framing = {
    headers: new Map(),
    headerCount: 0,
    hostCount: 0,
    lengthBytes: undefined,
    isChunked: false,
    connection: "",
    expects: false,
  };
  for (let at = 2; at < lines.length;) {
    const colon = lines.indexOf(":", at);
    const next = lines.indexOf("\r\n", colon);
    const end = next === -1 ? lines.length : next;
    const name = lines.slice(at, colon).toLowerCase();
    const value = trimBlanks(lines.slice(colon + 1, end));
    framing.headerCount += 1;
    addHeader(framing.headers, name, value);
    takeFraming(framing, name, value);
    at = end + 2;
  }
  return framing;
}

function takeFraming(framing: Framing, name: string, value: string): void {
  switch (name) {
    case "host":
      framing.hostCount += 1;
      break;
    case "content-length":
      framing.lengthBytes = lengthOf(value, framing.lengthBytes);
      break;
    case "transfer-encoding":
      assertChunked(value, framing.isChunked);
      framing.isChunked = true;
      break;
    case "connection":
      framing.connection += `,${value.toLowerCase()}`;
      break;
    case "expect":
      framing.expects ||= names(value.toLowerCase(), "100-continue");
      break;
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
