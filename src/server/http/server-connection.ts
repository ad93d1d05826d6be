import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { httpLimits } from "../../core/http-limits.ts";
import { serverLimits } from "../../core/limits.ts";
import { HttpSyntaxError } from "../../protocol/http/http-syntax-error.ts";
import type { RequestHead } from "../../protocol/http/request-head.ts";
import type { S3ErrorCode } from "../../protocol/error-codes.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { HttpExchange } from "../http-exchange.ts";
import { HttpResponse } from "./http-response.ts";
import { RequestBody } from "./request-body.ts";
import { RequestReader, type RequestListener } from "./request-reader.ts";

/** What a connection is told by the server that it belongs to. */
export interface ConnectionHost {
  /** How long the head of a request may take, and a connection be idle, in milliseconds. */
  readonly headersMs: number;
  readonly keepAliveMs: number;
  /** Answers a request. Must not reject. */
  handle(exchange: HttpExchange): Promise<void>;
  /** What is said to bytes that are no request. */
  refuse(socket: Socket, code: S3ErrorCode): void;
}

/**
 * The requests of one connection, served one after the other, however many a client sends at once: what comes
 * beside a request that is served waits, and the client with it once that is `readAheadBytes`.
 */
export class ServerConnection implements RequestListener {
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #reader: RequestReader;
  #exchange: HttpExchange | undefined;
  /** Of the exchange, while its bytes are still coming. */
  #body: RequestBody | undefined;
  /** Bytes behind the request that is served. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isPaused = false;
  /** The client has said all that it will say. */
  #inputEnded = false;
  #hasServed = false;
  #isProbed = false;
  /** Until when the next thing must have come, by `performance.now()`. */
  #deadline: number;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#deadline = performance.now() + host.headersMs;
    this.#reader = new RequestReader(this);
    // All sockets have one shape then: code that has met those with a timeout and without is compiled twice.
    socket.setTimeout(0);
    socket.on("data", this.#onData);
    socket.on("end", this.#onInputEnd);
    socket.on("error", dropError);
    socket.on("close", this.#onClose);
  }

  /** The request that is served now. */
  get exchange(): HttpExchange | undefined {
    return this.#exchange;
  }

  /** Ends a connection on which nothing is served. */
  endIdle(): void {
    if (this.#exchange === undefined) this.#socket.destroySoon();
  }

  /** Ends a connection that has been silent too long; silence in a request is judged by who reads its body. */
  look(now: number): void {
    // Not at its start: most connections have ended by now, and it takes several calls of the system.
    if (!this.#isProbed) this.#socket.setKeepAlive(true, serverLimits.keepAliveProbeMs);
    this.#isProbed = true;
    if (this.#exchange !== undefined || now < this.#deadline) return;
    this.#deadline = Infinity;
    if (this.#hasServed && this.#reader.isBetween) {
      this.#socket.destroy();
      return;
    }
    this.#stopReading();
    this.#host.refuse(this.#socket, "RequestTimeout");
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#exchange !== undefined && this.#body === undefined) this.#hold(bytes);
    else this.#take(bytes);
  };

  #take(bytes: Buffer): void {
    const served = this.#exchange;
    const wasBetween = this.#reader.isBetween;
    try {
      let rest = bytes;
      // Up to the end of one request: the next waits for its turn.
      do rest = this.#reader.read(rest);
      while (rest.length > 0 && (this.#exchange === undefined || this.#body !== undefined));
      if (rest.length > 0) this.#hold(rest);
    } catch (error) {
      this.#onSyntax(error);
    }
    const exchange = this.#exchange;
    if (exchange !== undefined && exchange !== served) void this.#serve(exchange);
    else if (wasBetween && !this.#reader.isBetween) {
      this.#deadline = performance.now() + this.#host.headersMs;
    }
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length + httpLimits.pieceBytes;
    if (this.#heldBytes >= httpLimits.readAheadBytes) this.pause();
  }

  onHead(head: RequestHead): void {
    const body = new RequestBody(this);
    this.#body = body;
    this.#exchange = new HttpExchange(head, body, new HttpResponse(this.#socket, head));
  }

  onBody(bytes: Buffer): void {
    this.#body?.push(bytes);
  }

  onEnd(): void {
    this.#body?.end();
    this.#body = undefined;
  }

  /** Has the client wait. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** Broken framing within a body: the handler can still answer. */
  #onSyntax(error: unknown): void {
    const exchange = this.#exchange;
    this.#stopReading();
    if (exchange === undefined) {
      const isTooLong = error instanceof HttpSyntaxError && error.isTooLong;
      const code = isTooLong ? "RequestHeaderSectionTooLarge" : "BadRequest";
      this.#host.refuse(this.#socket, code);
      return;
    }
    exchange.response.close();
    exchange.body.fail(new S3Error("IncompleteBody", { cause: error }));
  }

  async #serve(exchange: HttpExchange): Promise<void> {
    await this.#host.handle(exchange);
    const { response } = exchange;
    if (response.destroyed) return;
    if (!response.hasEnded) {
      this.#socket.destroy();
      return;
    }
    // Or answers that nobody reads would come together in memory.
    if (response.needsDrain) await response.whileRead(() => response.whenWritable());
    // Or who sends many requests at once would have all other connections wait for the last of them.
    if (this.#heldBytes > 0) await new Promise((resolve) => setImmediate(resolve));
    if (response.destroyed) return;
    this.#exchange = undefined;
    this.#hasServed = true;
    const hasMore = this.#heldBytes > 0 || !this.#inputEnded;
    if (hasMore && !response.closes && this.#body === undefined) this.#goOn();
    else this.#end();
  }

  #goOn(): void {
    this.#deadline = performance.now() + this.#host.keepAliveMs;
    // First, since what is taken may have to pause it anew.
    this.resume();
    if (this.#heldBytes > 0) {
      const held = this.#held;
      const [first = Buffer.alloc(0)] = held;
      this.#held = [];
      this.#heldBytes = 0;
      this.#take(held.length === 1 ? first : Buffer.concat(held));
    }
    if (!this.#inputEnded) return;
    if (this.#exchange === undefined) this.#socket.destroySoon();
    else this.#body?.fail(new S3Error("IncompleteBody"));
  }

  /** Lets the answer leave, then lets go of the connection, whatever the client still has to say. */
  #end(): void {
    this.#stopReading();
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), serverLimits.lastAnswerMs).unref();
  }

  readonly #onInputEnd = (): void => {
    this.#inputEnded = true;
    if (this.#body !== undefined) {
      this.#body.fail(new S3Error("IncompleteBody"));
    } else if (this.#exchange === undefined) {
      // Nobody listens to what could be said to half a head.
      if (this.#reader.isBetween) this.#leave();
      else this.#socket.destroy();
    }
  };

  /** With TLS it is to be said that nothing more comes; else, once all is written, there is nothing to wait for. */
  #leave(): void {
    const socket = this.#socket;
    if (socket instanceof TLSSocket || socket.writableLength > 0) socket.end();
    else socket.destroy();
  }

  readonly #onClose = (): void => {
    this.#body?.fail(new Error("The connection was closed before the body had ended."));
  };

  #stopReading(): void {
    this.#socket.off("data", this.#onData);
    this.#socket.on("data", dropBytes);
    this.#held = [];
    this.#heldBytes = 0;
  }
}

/** Errors of a connection that is gone; code for which that matters looks at `destroyed`. */
function dropError(): void {}

function dropBytes(): void {}
