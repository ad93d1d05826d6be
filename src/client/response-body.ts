import { GatheredBytes } from "../core/gather-bytes.ts";
import { clientLimits } from "../core/limits.ts";
import type { ReusedBuffers } from "../core/reused-buffers.ts";
import type { CallScope } from "./call-scope.ts";
import { TransportError } from "./transport-error.ts";

/**
 * When this much or less of a body is left unread, it is read to its end, so that the connection
 * can be used again; with more left, the connection is cut.
 */
const drainableBytes = clientLimits.bodyBufferBytes;

/** Less than that lies in a piece of its own. */
const lentFromBytes = 4096;

/** The connection that a body comes on. */
export interface BodyConnection {
  readonly buffers: ReusedBuffers;
  pause(): void;
  resume(): void;
  /** Cuts it: what is left of the body does not come. */
  destroy(): void;
}

/**
 * The bytes of an answer, for one reader. Reads ahead a bounded amount, so that a slow reader slows
 * the sender down. Throws TransportError when the body ends short of its length.
 */
export class ResponseBody implements AsyncIterableIterator<Uint8Array> {
  /** The scope of the call, which tells why a body was `cancelled`. */
  readonly scope: CallScope;
  readonly #connection: BodyConnection;
  readonly #lengthBytes: number | undefined;
  readonly #chunks: Uint8Array[] = [];
  /** What came with the head, in memory that is lent: nobody can wait for it yet, and of a small body it is all. */
  #early: Uint8Array | undefined;
  readonly #doneListeners: (() => void)[] = [];
  readonly #releaseScope: () => void;
  /** Of a reader that waits to be given chunks, and what it made of the last one if that takes time. */
  #take: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
  #taken: Promise<void> | undefined;
  #bufferedBytes = 0;
  #receivedBytes = 0;
  #ended = false;
  #discarded = false;
  #paused = false;
  #failure: TransportError | undefined;
  #wake: (() => void) | undefined;

  /** `lengthBytes`: undefined where the answer does not say it beforehand. */
  constructor(connection: BodyConnection, lengthBytes: number | undefined, scope: CallScope) {
    this.scope = scope;
    this.#connection = connection;
    this.#lengthBytes = lengthBytes;
    this.#releaseScope = scope.onCancel(() =>
      this.fail(new TransportError("cancelled", "The call was stopped.")),
    );
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
        if (chunk !== this.#early) return { done: false, value: chunk };
        const value = copyOf(chunk);
        this.#giveBack(chunk);
        return { done: false, value };
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return { done: true, value: undefined };
      await this.#more();
    }
  }

  /**
   * Gives all bytes to `take`, chunk by chunk, out of memory that is used again once `take` has
   * returned, or what it returned has been fulfilled. Cheaper than going through the chunks.
   */
  async pour(take: (chunk: Uint8Array) => void | Promise<void>): Promise<void> {
    try {
      for (;;) {
        for (let chunk = this.#chunks.shift(); chunk !== undefined; chunk = this.#chunks.shift()) {
          this.#bufferedBytes -= chunk.length;
          const taken = take(chunk);
          if (taken !== undefined) await taken;
          this.#giveBack(chunk);
        }
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#ended) return;
        this.#take = take;
        await this.#more();
        this.#take = undefined;
        const taken = this.#taken;
        this.#taken = undefined;
        if (taken !== undefined) await taken;
      }
    } finally {
      this.discard();
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
    this.#discarded = true;
    this.#chunks.length = 0;
    const leftBytes = (this.#lengthBytes ?? Number.NaN) - this.#receivedBytes;
    if (leftBytes <= drainableBytes) this.#connection.resume();
    else this.#connection.destroy();
    this.#finish();
  }

  /** Of the connection: more bytes, in memory that is used again. */
  push(chunk: Uint8Array): void {
    this.#receivedBytes += chunk.length;
    if (this.#discarded || this.#failure !== undefined) return;
    if (this.#take !== undefined) {
      this.#pour(this.#take, chunk);
      return;
    }
    this.#chunks.push(this.#kept(chunk));
    this.#bufferedBytes += chunk.length;
    if (this.#bufferedBytes >= clientLimits.bodyBufferBytes) this.#pause();
    this.#wakeReader();
  }

  #kept(chunk: Uint8Array): Uint8Array {
    if (this.#receivedBytes > chunk.length || chunk.length < lentFromBytes) return copyOf(chunk);
    this.#early = this.#connection.buffers.take(chunk.length);
    this.#early.set(chunk);
    return this.#early;
  }

  #giveBack(chunk: Uint8Array): void {
    if (chunk !== this.#early) return;
    this.#early = undefined;
    this.#connection.buffers.give(chunk);
  }

  /** Of the connection: that was all. */
  end(): void {
    if (this.#ended || this.#failure !== undefined) return;
    this.#ended = true;
    this.#finish();
  }

  fail(error: TransportError): void {
    if (this.#ended || this.#failure !== undefined) return;
    this.#failure = error;
    this.#connection.destroy();
    this.#finish();
  }

  /** The whole body; throws RangeError when it is larger than the bound. */
  async readAll(limitBytes: number): Promise<Buffer> {
    if (this.#ended && this.#chunks.length === 0) return Buffer.alloc(0);
    const expectedBytes = Math.min(this.#lengthBytes ?? 0, clientLimits.bodyBufferBytes);
    const gathered = new GatheredBytes(limitBytes, expectedBytes);
    await this.pour((chunk) => {
      if (gathered.add(chunk)) return;
      throw new RangeError(`The answer is larger than ${limitBytes} bytes.`);
    });
    return gathered.bytes;
  }

  #pour(take: (chunk: Uint8Array) => void | Promise<void>, chunk: Uint8Array): void {
    try {
      this.#taken = take(chunk) ?? undefined;
    } catch (error) {
      this.#taken = Promise.reject(error);
    }
    if (this.#taken === undefined) return;
    // Its memory must not be used again before it is done with.
    this.#take = undefined;
    this.#pause();
    this.#wakeReader();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (!this.#paused) return;
      this.#paused = false;
      this.#connection.resume();
    });
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#connection.pause();
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

/** As Uint8Array: of a Buffer, slice would be the same memory. */
function copyOf(chunk: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(chunk);
}
