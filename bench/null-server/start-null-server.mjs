// @ts-check
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { crc32 } from "node:zlib";
import { combineChecksums } from "../../dist/protocol/checksums/checksum.js";
import { makeCertificate } from "../../dist/server/tls/make-certificate.js";
import { Counters } from "./counters.mjs";
import { faultSeries } from "./faults.mjs";
import { HttpConnection } from "./http-connection.mjs";
import { answerTo, operationOf, slowDown } from "./operations.mjs";
import { SyntheticKeys } from "./synthetic-keys.mjs";
import { Uploads } from "./uploads.mjs";
/** @import { AddressInfo, Socket } from "node:net" */
/** @import { FaultRates } from "./faults.mjs" */
/** @import { Handling, RequestHead } from "./http-connection.mjs" */
/** @import { Answer, Request } from "./operations.mjs" */
/** @import { DataSet } from "./synthetic-keys.mjs" */

/**
 * @typedef {object} NullServerOptions
 * @property {readonly DataSet[]} [dataSets] what is listed and read
 * @property {number} [delayMs] before each answer; default 0
 * @property {number} [listDelayMs] before the answer to a listing, on top
 * @property {FaultRates} [faults]
 * @property {boolean} [takesChecksums] CRC32 of every object that is put, for `objects`; costs time
 */

/** Longest body that is kept as text: DeleteObjects of 1,000 keys, CompleteMultipartUpload. */
const maxTextBytes = 4 * 1024 * 1024;
const reasons = /** @type {Record<number, string>} */ ({
  200: "OK",
  204: "No Content",
  206: "Partial Content",
});
/** Codes of headers that say what the bytes of a body are, not the framing they came in. */
const decodedLength = "x-amz-decoded-content-length";

/**
 * An S3 server that stores nothing: bodies are dropped, objects are reckoned. Nothing is verified.
 * @param {{ tls?: boolean, port?: number }} [where]
 */
export async function startNullServer({ tls = false, port = 0 } = {}) {
  const server = new NullServer(tls);
  return server.listen(port);
}

export class NullServer {
  counters = new Counters();
  uploads = new Uploads();
  /** @type {NullServerOptions} */
  #options = {};
  #keys = new SyntheticKeys([]);
  /** @type {() => import("./faults.mjs").Fault} */
  #nextFault = () => "none";
  /** @type {Set<Socket>} */
  #sockets = new Set();
  #server;
  /** PEM of what a client has to trust; undefined without TLS. */
  authority;

  /** @param {boolean} tls */
  constructor(tls) {
    const onSocket = (/** @type {Socket} */ socket) => this.#accept(socket);
    if (!tls) {
      // Paused until it is taken over, so that nothing is read into buffers of its own.
      this.#server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, onSocket);
      return;
    }
    const made = makeCertificate({
      names: ["localhost", "127.0.0.1"],
      from: new Date(Date.now() - 86_400_000),
      until: new Date(Date.now() + 86_400_000),
      randomBytes,
    });
    this.authority = made.authority;
    this.#server = createTlsServer({ cert: made.certificate, key: made.key }, onSocket);
  }

  /** @param {number} port */
  async listen(port) {
    this.#server.listen({ port, host: "127.0.0.1", backlog: 1024 });
    await once(this.#server, "listening");
    const address = /** @type {AddressInfo} */ (this.#server.address());
    const scheme = this.authority === undefined ? "http" : "https";
    this.endpoint = `${scheme}://127.0.0.1:${address.port}`;
    return this;
  }

  /**
   * Forgets what was put and counted, and goes on by these options.
   * @param {NullServerOptions} options
   */
  configure(options) {
    this.#options = options;
    this.#keys = new SyntheticKeys(options.dataSets ?? []);
    this.#nextFault = options.faults === undefined ? () => "none" : faultSeries(options.faults);
    this.reset();
  }

  /** Forgets what was put and counted; the series of faults goes on. */
  reset() {
    this.uploads.clear();
    this.counters = new Counters();
  }

  /** @returns {{ key: string, size: number, crc32: number | undefined }[]} what was put */
  objects() {
    return [...this.uploads.objects].map(([key, { size, crc32: sum }]) => ({
      key,
      size,
      crc32: sum,
    }));
  }

  close() {
    // Its own end is not waited for: it counts the sockets that were taken over.
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** @param {Socket} socket */
  #accept(socket) {
    this.counters.connections += 1;
    const connection = new HttpConnection(
      socket,
      (head, on) => this.#begin(head, on),
      (bytes) => {
        this.counters.bytesIn += bytes;
      },
    );
    this.#sockets.add(connection.socket);
    connection.socket.on("close", () => this.#sockets.delete(connection.socket));
  }

  /**
   * @param {RequestHead} head
   * @param {HttpConnection} connection
   * @returns {Handling}
   */
  #begin(head, connection) {
    const request = understood(head);
    const operation = operationOf(request);
    this.counters.request(operation);
    const fault = this.#nextFault();
    if (fault !== "none") this.counters.fault(fault);
    /** @type {string[]} */
    const texts = [];
    let textBytes = 0;
    let sum = 0;
    const isText = operation === "DeleteObjects" || operation === "CompleteMultipartUpload";
    const takes = this.#options.takesChecksums === true && head.method === "PUT";
    const end = () => {
      const body = texts.join("");
      const state = { keys: this.#keys, uploads: this.uploads, body, ...(takes && { crc32: sum }) };
      const made = () => {
        if (fault === "unavailable") return slowDown;
        const merged = takes || !isText ? undefined : mergedChecksum(request, this.uploads);
        const answer = answerTo(operation, request, state);
        const stored = this.uploads.objects.get(request.key);
        if (merged !== undefined && stored !== undefined) stored.crc32 = merged;
        return answer;
      };
      this.#answerLater({ connection, head, operation, fault, made });
    };
    /** @type {Handling} */
    const handling = { onEnd: end };
    if (isText || takes) {
      handling.onBody = (piece) => {
        if (takes) sum = crc32(piece, sum);
        if (isText && (textBytes += piece.length) <= maxTextBytes) texts.push(piece.toString());
      };
    }
    if (head.bodyBytes > 1 && (fault === "reset" || fault === "stall")) {
      const act =
        fault === "reset" ? () => breakOff(connection.socket) : () => this.#stall(connection);
      handling.interrupt = { afterBytes: Math.ceil(head.bodyBytes / 2), act };
    }
    return handling;
  }

  /** @param {HttpConnection} connection */
  #stall(connection) {
    connection.hold();
    setTimeout(() => connection.release(), this.#options.faults?.stallMs ?? 30_000);
  }

  /**
   * @param {{ connection: HttpConnection, head: RequestHead, operation: string,
   *   fault: import("./faults.mjs").Fault, made: () => Answer }} exchange
   */
  #answerLater({ connection, head, operation, fault, made }) {
    const { delayMs = 0, listDelayMs = 0, faults } = this.#options;
    // A body that was sent has had its fault in the middle of it.
    const isLate = head.bodyBytes <= 1;
    if (isLate && fault === "reset" && head.method !== "GET") return breakOff(connection.socket);
    const isList = operation.startsWith("ListObject");
    let wait = delayMs + (isList ? listDelayMs : 0);
    if (isLate && fault === "stall" && head.method !== "GET") wait += faults?.stallMs ?? 30_000;
    if (fault === "slow") wait += faults?.slowMs ?? 500;
    const send = () => {
      const answer = made();
      // Whatever has no bytes to break in the middle breaks before its answer.
      const isWhole = answer.pieces === undefined || (answer.pieceBytes ?? 0) < 2;
      if (isLate && isWhole && fault === "reset") return breakOff(connection.socket);
      void this.#send(connection, head, answer, isLate && fault !== "slow" ? fault : "none");
    };
    if (wait === 0) send();
    else setTimeout(send, wait);
  }

  /**
   * @param {HttpConnection} connection
   * @param {RequestHead} head
   * @param {Answer} answer
   * @param {import("./faults.mjs").Fault} fault
   */
  async #send(connection, head, answer, fault) {
    const { socket } = connection;
    if (socket.destroyed) return;
    const { status, headers = "", xml: text = "", pieces, pieceBytes } = answer;
    const length = pieceBytes ?? Buffer.byteLength(text);
    const type = text === "" ? "" : "Content-Type: application/xml\r\n";
    const first =
      `HTTP/1.1 ${status} ${reasons[status] ?? "Status"}\r\nx-amz-request-id: 0\r\n${headers}${type}` +
      (status === 204 ? "\r\n" : `Content-Length: ${length}\r\n\r\n`);
    this.counters.bytesOut += first.length;
    if (pieces === undefined) {
      const isText = head.method !== "HEAD";
      if (isText) this.counters.bytesOut += text.length;
      socket.write(isText ? first + text : first);
    } else {
      socket.cork();
      socket.write(first, "latin1");
      await this.#sendPieces(socket, pieces, fault === "none" ? -1 : Math.ceil(length / 2), fault);
    }
    if (head.headers["connection"] === "close") socket.end();
    connection.answered();
  }

  /**
   * @param {Socket} socket
   * @param {Iterable<Buffer>} pieces
   * @param {number} faultAt
   * @param {import("./faults.mjs").Fault} fault
   */
  async #sendPieces(socket, pieces, faultAt, fault) {
    let sent = 0;
    let isDue = faultAt >= 0;
    for (const piece of pieces) {
      if (socket.destroyed) return;
      let rest = piece;
      if (isDue && sent + rest.length >= faultAt) {
        isDue = false;
        socket.write(rest.subarray(0, faultAt - sent));
        socket.uncork();
        rest = rest.subarray(faultAt - sent);
        if (fault === "wrong") rest = flipped(rest);
        // So that the first half has left before the connection breaks.
        await pause(fault === "stall" ? (this.#options.faults?.stallMs ?? 30_000) : 20);
        if (fault === "reset") return breakOff(socket);
        if (fault === "torn") return socket.end();
      }
      sent += piece.length;
      this.counters.bytesOut += piece.length;
      const isRoomy = socket.write(rest);
      socket.uncork();
      if (!isRoomy) await drained(socket);
    }
    socket.uncork();
  }
}

/** @param {Buffer} bytes @returns {Buffer} a copy with another first bit */
function flipped(bytes) {
  const copy = Buffer.from(bytes);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
}

/** @param {Socket} socket */
function breakOff(socket) {
  if (typeof socket.resetAndDestroy === "function" && !("encrypted" in socket)) {
    socket.resetAndDestroy();
  } else {
    socket.destroy();
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** @param {Socket} socket */
function drained(socket) {
  if (socket.destroyed || !socket.writableNeedDrain) return;
  return new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
    const go = () => {
      socket.off("drain", go);
      socket.off("close", go);
      resolve();
    };
    socket.on("drain", go);
    socket.on("close", go);
  });
}

/**
 * Of path style alone.
 * @param {RequestHead} head
 * @returns {Request}
 */
function understood({ method, target, headers, bodyBytes }) {
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const slash = path.indexOf("/", 1);
  const key = slash === -1 ? "" : path.slice(slash + 1);
  const decoded = headers[decodedLength];
  return {
    method,
    bucket: slash === -1 ? path.slice(1) : path.slice(1, slash),
    key: key.includes("%") ? decodeURIComponent(key) : key,
    query: new URLSearchParams(mark === -1 ? "" : target.slice(mark + 1)),
    headers,
    bodyBytes: decoded === undefined ? Math.max(0, bodyBytes) : Number(decoded),
  };
}

/**
 * Of the parts' CRC32 as the server took them.
 * @param {Request} request
 * @param {Uploads} uploads
 */
function mergedChecksum({ query }, uploads) {
  const upload = uploads.inProgress.get(query.get("uploadId") ?? "");
  if (upload === undefined) return;
  const parts = [...upload.parts].toSorted(([one], [other]) => one - other);
  const known = parts.flatMap(([, { size, crc32: sum }]) => {
    if (sum === undefined) return [];
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(sum);
    return [{ digest, lengthBytes: size }];
  });
  if (known.length < parts.length) return;
  return combineChecksums("CRC32", known).readUInt32BE();
}
