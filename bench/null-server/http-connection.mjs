// @ts-check
// HTTP/1.1 as S3 clients speak it, with little work: bodies are handed on in the buffer they were read into,
// and nothing is checked that these clients never do.
import { Socket } from "node:net";

/** @typedef {Record<string, string>} Headers names in small letters */

/**
 * @typedef {object} RequestHead
 * @property {string} method
 * @property {string} target
 * @property {Headers} headers
 * @property {number} bodyBytes -1: chunked
 */

/**
 * @typedef {object} Handling what one request needs
 * @property {((piece: Buffer) => void)} [onBody] the piece is valid during the call alone
 * @property {() => void} onEnd the body is there
 * @property {{ afterBytes: number, act: () => void }} [interrupt] called when so much of the body is there
 */

/** Read into by every plain connection: a piece is done with before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(256 * 1024);
const headEnd = Buffer.from("\r\n\r\n");

export class HttpConnection {
  /** @type {Buffer | undefined} */
  #pending;
  /** @type {Handling | undefined} */
  #current;
  #bodyLeft = 0;
  #bodySeen = 0;
  #isHeld = false;
  /** @type {Unchunker | undefined} */
  #chunks;
  #handle;
  #count;

  /**
   * @param {Socket} socket with nothing read yet
   * @param {(head: RequestHead, connection: HttpConnection) => Handling} handle
   * @param {(bytes: number) => void} countBytes
   */
  constructor(socket, handle, countBytes) {
    this.#handle = handle;
    this.#count = countBytes;
    const feed = (/** @type {Buffer} */ bytes) => this.#feed(bytes);
    this.socket = readWithoutCopies(socket, feed);
    this.socket.setNoDelay(true);
    this.socket.on("error", () => this.socket.destroy());
    this.socket.on("end", () => this.socket.end());
  }

  /** Reads no further until `release`. */
  hold() {
    this.#isHeld = true;
    this.socket.pause();
  }

  release() {
    this.#isHeld = false;
    this.socket.resume();
    this.#proceed();
  }

  /** The answer to the current request is out: the next one may come. */
  answered() {
    this.#current = undefined;
    if (this.#pending !== undefined) setImmediate(() => this.#proceed());
  }

  #proceed() {
    const bytes = this.#pending;
    if (bytes === undefined || this.socket.destroyed) return;
    this.#pending = undefined;
    this.#take(bytes);
  }

  /** @param {Buffer} bytes */
  #feed(bytes) {
    this.#count(bytes.length);
    this.#take(this.#pending === undefined ? bytes : Buffer.concat([this.#pending, bytes]));
  }

  /** @param {Buffer} bytes */
  #take(bytes) {
    this.#pending = undefined;
    let rest = bytes;
    while (rest.length > 0) {
      const waits = this.#isHeld || (this.#current !== undefined && this.#bodyLeft === 0);
      const used = waits ? 0 : this.#current === undefined ? this.#head(rest) : this.#body(rest);
      if (used === 0) {
        // A copy: the buffer is read into again.
        this.#pending = Buffer.from(rest);
        return;
      }
      rest = rest.subarray(used);
    }
  }

  /** @param {Buffer} bytes */
  #head(bytes) {
    const end = bytes.indexOf(headEnd);
    if (end === -1) return 0;
    const head = parseHead(bytes.toString("latin1", 0, end));
    if (head.headers["expect"] !== undefined) {
      this.socket.write("HTTP/1.1 100 Continue\r\n\r\n", "latin1");
    }
    this.#bodyLeft = head.bodyBytes;
    this.#bodySeen = 0;
    this.#chunks = head.bodyBytes === -1 ? new Unchunker() : undefined;
    const handling = this.#handle(head, this);
    this.#current = handling;
    if (this.#bodyLeft === 0) handling.onEnd();
    return end + headEnd.length;
  }

  /** @param {Buffer} bytes */
  #body(bytes) {
    const handling = this.#current;
    if (handling === undefined) return 0;
    const used = this.#chunks === undefined ? Math.min(this.#bodyLeft, bytes.length) : bytes.length;
    const piece = bytes.subarray(0, used);
    this.#bodySeen += used;
    if (this.#chunks !== undefined) {
      if (this.#chunks.take(piece)) this.#bodyLeft = 0;
    } else {
      handling.onBody?.(piece);
      this.#bodyLeft -= used;
    }
    const { interrupt } = handling;
    if (interrupt !== undefined && this.#bodySeen >= interrupt.afterBytes) {
      delete handling.interrupt;
      interrupt.act();
      if (this.socket.destroyed) return bytes.length;
    }
    if (this.#bodyLeft === 0) handling.onEnd();
    return used;
  }
}

/** Finds the end of a body in chunks, whose bytes nobody wants. */
class Unchunker {
  #tail = "";

  /** @param {Buffer} piece @returns {boolean} whether that was its end */
  take(piece) {
    this.#tail = (this.#tail + piece.toString("latin1")).slice(-512);
    return /\r\n0\r\n(?:[^\r\n]+\r\n)*\r\n$/.test(`\r\n${this.#tail}`);
  }
}

/**
 * A plain socket is taken over before it reads, by one that reads into `readBuffer`; one under TLS has
 * to be left as it is.
 * @param {Socket} socket
 * @param {(bytes: Buffer) => void} feed
 */
function readWithoutCopies(socket, feed) {
  const { _handle: handle, encrypted } = /** @type {any} */ (socket);
  if (encrypted === true) return socket.on("data", feed);
  const callback = (/** @type {number} */ count, /** @type {Uint8Array} */ buffer) => {
    feed(/** @type {Buffer} */ (buffer).subarray(0, count));
    return true;
  };
  const taken = new Socket(
    /** @type {any} */ ({ handle, onread: { buffer: readBuffer, callback }, allowHalfOpen: true }),
  );
  taken.resume();
  handle.readStart();
  return taken;
}

/**
 * @param {string} text
 * @returns {RequestHead}
 */
function parseHead(text) {
  const lines = text.split("\r\n");
  const [method = "", target = ""] = (lines[0] ?? "").split(" ");
  /** @type {Headers} */
  const headers = {};
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const isChunked = headers["transfer-encoding"]?.toLowerCase() === "chunked";
  return {
    method,
    target,
    headers,
    bodyBytes: isChunked ? -1 : Number(headers["content-length"] ?? 0),
  };
}
