import type { IncomingMessage } from "node:http";
import { gatherBytes } from "../core/gather-bytes.ts";
import { clientLimits } from "../core/limits.ts";
import type { CallScope } from "./call-scope.ts";
import { TransportError } from "./transport-error.ts";

/**
 * When this much or less of a body is left unread, it is read to its end, so that the connection
 * can be used again; with more left, the connection is cut.
 */
const drainableBytes = clientLimits.bodyBufferBytes;

/**
 * The bytes of an answer, for one reader. Reads ahead a bounded amount, so that a slow reader slows
 * the sender down. Throws TransportError when the body ends short of its `Content-Length`.
 */
export class ResponseBody implements AsyncIterableIterator<Uint8Array> {
  /** The scope of the call, which tells why a body was `cancelled`. */
  readonly scope: CallScope;
  readonly #message: IncomingMessage;
  readonly #chunks: Buffer[] = [];
  readonly #doneListeners: (() => void)[];
  readonly #releaseScope: () => void;
  #bufferedBytes = 0;
  #receivedBytes = 0;
  #ended = false;
  #failure: TransportError | undefined;
  #wake: (() => void) | undefined;

  /** `onDone`: see `whenDone`. */
  constructor(message: IncomingMessage, scope: CallScope, onDone: () => void) {
    this.scope = scope;
    this.#message = message;
    this.#doneListeners = [onDone];
    this.#releaseScope = scope.onCancel(() =>
      this.fail(new TransportError("cancelled", "The call was stopped.")),
    );
    // Paused first: attaching a listener would set it flowing.
    message.pause();
    message.on("data", (chunk: Buffer) => this.#push(chunk));
    message.on("end", () => {
      this.#ended = true;
      this.#finish();
    });
    message.on("error", (error) => this.fail(brokenOff(error)));
    message.on("close", () => this.fail(brokenOff(undefined)));
  }

  /** True while the reader, not the store, is what we wait for. */
  get isWaitingForReader(): boolean {
    return !this.#ended && this.#wake === undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#bufferedBytes -= chunk.length;
        return { done: false, value: chunk };
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (this.#message.isPaused()) this.#message.resume();
      });
    }
  }

  /** Calls `listener` once the body is over, one way or the other. */
  whenDone(listener: () => void): void {
    if (this.#ended || this.#failure !== undefined) listener();
    else this.#doneListeners.push(listener);
  }

  /** Gives up the rest. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.discard();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Frees the connection: reads a short rest to its end, cuts a long one off. */
  discard(): void {
    if (this.#ended || this.#failure !== undefined) return;
    this.#ended = true;
    this.#chunks.length = 0;
    const lengthBytes = Number(this.#message.headers["content-length"] ?? Number.NaN);
    if (lengthBytes - this.#receivedBytes <= drainableBytes) {
      this.#message.removeAllListeners("data");
      this.#message.resume();
    } else {
      this.#message.destroy();
    }
    this.#finish();
  }

  fail(error: TransportError): void {
    if (this.#ended || this.#failure !== undefined) return;
    this.#failure = error;
    this.#message.destroy();
    this.#finish();
  }

  /** The whole body; throws RangeError when it is larger than the bound. */
  async readAll(limitBytes: number): Promise<Buffer> {
    const bytes = await gatherBytes(this, limitBytes);
    if (bytes !== undefined) return bytes;
    throw new RangeError(`The answer is larger than ${limitBytes} bytes.`);
  }

  #push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    this.#receivedBytes += chunk.length;
    if (this.#bufferedBytes >= clientLimits.bodyBufferBytes) this.#message.pause();
    this.#wakeReader();
  }

  #finish(): void {
    this.#releaseScope();
    for (const listener of this.#doneListeners) listener();
    this.#wakeReader();
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function brokenOff(cause: Error | undefined): TransportError {
  return new TransportError("lost", "The connection broke in the middle of the answer.", { cause });
}
