import { AnswerHeaders } from "./answer-headers.ts";
import { clientLimits } from "../core/limits.ts";
import type { UploadSource } from "../core/object-store.ts";
import type { ReusedBuffers } from "../core/reused-buffers.ts";
import type { CallScope } from "./call-scope.ts";
import { type AnswerHead, type AnswerListener, AnswerReader } from "./connection/answer-reader.ts";
import type { Connection, ConnectionUser } from "./connection/connection.ts";
import type { Claim, ConnectionPool } from "./connection/connection-pool.ts";
import type { HttpAnswer, HttpRequest } from "./http-transport.ts";
import { requestHead } from "./request-head.ts";
import { ResponseBody } from "./response-body.ts";
import { errorCode, TransportError } from "./transport-error.ts";
import { writeBody } from "./write-body.ts";

interface Settle {
  resolve(answer: HttpAnswer): void;
  reject(error: unknown): void;
}

/** One request and its answer on one connection, from queueing to the last byte of the body. */
export class Exchange implements Claim, ConnectionUser, AnswerListener {
  readonly #pool: ConnectionPool;
  readonly #request: HttpRequest;
  readonly #scope: CallScope;
  readonly #settle: Settle;
  readonly #head: string;
  readonly #reader: AnswerReader;
  #releaseScope: (() => void) | undefined;
  #unclaim: (() => void) | undefined;
  #connection: Connection | undefined;
  #settled = false;
  #begun = false;
  #isWaitingForSource = false;
  /** The source of the body has given all of it. */
  #sourceEnded = false;
  /** Bytes of a body from a source that have not been sent yet. */
  #unsentBytes = 0;
  #body: ResponseBody | undefined;

  /** Throws StorageError for a request that cannot be sent. */
  constructor(pool: ConnectionPool, request: HttpRequest, scope: CallScope, settle: Settle) {
    this.#pool = pool;
    this.#request = request;
    this.#scope = scope;
    this.#settle = settle;
    this.#head = requestHead(request.method, request.target, request.headers);
    this.#reader = new AnswerReader(request.method === "HEAD", this);
  }

  start(): void {
    this.#releaseScope = this.#scope.onCancel(() => {
      const sent = this.#connection !== undefined;
      this.#fail(new TransportError("cancelled", "The call was stopped.", { sent }));
    });
    const unclaim = this.#pool.claim(this.#request.endpoint, this);
    if (this.#connection === undefined) this.#unclaim = unclaim;
  }

  taken(connection: Connection): void {
    this.#unclaim = undefined;
    this.#connection = connection;
    connection.use(this);
    const body = this.#piecesOf(this.#request.body);
    if (body === undefined || body instanceof Uint8Array) {
      this.#sourceEnded = true;
      connection.sendHead(this.#head, body);
      return;
    }
    connection.sendHead(this.#head, undefined);
    void this.#sendSource(connection, body);
  }

  failed(error: Error): void {
    this.#fail(error);
  }

  onBytes(chunk: Buffer): void {
    this.#begun = true;
    try {
      const isAll = this.#reader.read(chunk);
      if (this.#reader.isDone) this.#leave(isAll);
    } catch (error) {
      this.#breakOff(error as TransportError);
    }
  }

  /** Silence counts only while the store is to act: not while our source or our reader is slow. */
  onSilence(): void {
    const connection = this.#connection;
    const isWaiting = this.#isWaitingForSource || this.#body?.isWaitingForReader === true;
    if (isWaiting && !this.#reader.isDone) {
      connection?.restartIdleTime();
      return;
    }
    const { idleTimeoutMs } = this.#pool;
    const message = `Nothing moved on the connection for ${idleTimeoutMs} ms.`;
    this.#breakOff(new TransportError("silent", message));
  }

  onClose(error: Error | undefined): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (this.#body === undefined) {
      this.#fail(this.#explain(error, connection));
      return;
    }
    try {
      this.#reader.close(error);
    } catch (failure) {
      this.#breakOff(failure as TransportError);
    }
  }

  onHead({ status, headers, lengthBytes }: AnswerHead): void {
    if (status < 300 && this.#unsentBytes > 0) {
      const text = "The store called an upload done before it had all of it.";
      throw new TransportError("lost", text);
    }
    this.#body = new ResponseBody(this, lengthBytes, this.#scope);
    this.#release();
    this.#settle.resolve({ status, headers: new AnswerHeaders(headers), body: this.#body });
  }

  onBody(bytes: Buffer): void {
    this.#body?.push(bytes);
  }

  onEnd(): void {
    this.#body?.end();
  }

  get buffers(): ReusedBuffers {
    return this.#pool.buffers;
  }

  pause(): void {
    this.#connection?.pause();
  }

  resume(): void {
    this.#connection?.resume();
  }

  destroy(): void {
    this.#connection?.destroy();
  }

  /** `isClean`: nothing came after the answer that could be taken for the next one. */
  #leave(isClean: boolean): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const { keepsAlive, keepAliveSeconds = Number.POSITIVE_INFINITY } = this.#reader;
    // A refusal may come before the whole body was sent; the rest would be sent in vain.
    const isGiven = this.#unsentBytes === 0;
    // The answer may be here before we have heard that the last bytes went out: a moment, then.
    if (isClean && isGiven && keepsAlive && !this.#sourceEnded) return;
    this.#connection = undefined;
    const isSent = isGiven && connection.unsentBytes === 0;
    if (!isClean || !isSent || !keepsAlive) connection.destroy();
    // A second less than the store says, so that it is not closed just when it is used.
    else this.#pool.release(this.#request.endpoint, connection, (keepAliveSeconds - 1) * 1000);
  }

  #breakOff(error: TransportError): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (this.#body === undefined) this.#fail(error);
    else this.#body.fail(error);
    connection?.destroy();
  }

  #explain(error: Error | undefined, connection: Connection | undefined): TransportError {
    const code = errorCode(error) ?? "ECONNRESET";
    const isReset = code === "ECONNRESET" || code === "EPIPE";
    const isStale = isReset && connection?.isReused === true && !this.#begun;
    const cause = error ?? Object.assign(new Error("socket hang up"), { code });
    return new TransportError(isStale ? "stale" : "lost", cause.message, { cause });
  }

  #fail(error: unknown): void {
    if (this.#settled) return;
    this.#release();
    this.#settle.reject(error);
    this.#unclaim?.();
    this.#connection?.destroy();
  }

  /** A large body goes over TLS in pieces: all of it would be encrypted, and held, at once. */
  #piecesOf(body: HttpRequest["body"]): HttpRequest["body"] {
    const pieceBytes = clientLimits.tlsPieceBytes;
    const isLarge = body instanceof Uint8Array && body.length > pieceBytes;
    if (!isLarge || !this.#request.endpoint.secure) return body;
    return {
      lengthBytes: body.length,
      async *open() {
        for (let from = 0; from < body.length; from += pieceBytes) {
          yield body.subarray(from, from + pieceBytes);
        }
      },
    };
  }

  async #sendSource(connection: Connection, source: UploadSource): Promise<void> {
    this.#unsentBytes = source.lengthBytes;
    try {
      await writeBody(connection, source, {
        isOver: () => this.#connection === undefined || !connection.isOpen,
        onSourceWait: (isWaiting) => {
          this.#isWaitingForSource = isWaiting;
        },
        onSent: (sizeBytes) => {
          this.#unsentBytes -= sizeBytes;
        },
      });
      this.#sourceEnded = true;
      if (this.#reader.isDone) this.#leave(true);
    } catch (error) {
      this.#fail(error);
      // Nothing else would end the connection of a request that is answered already.
      this.#connection?.destroy();
    }
  }

  #release(): void {
    this.#settled = true;
    this.#releaseScope?.();
  }
}
