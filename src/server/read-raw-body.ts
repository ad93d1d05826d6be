import { serverLimits } from "../core/limits.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { HttpExchange } from "./http-exchange.ts";

/** How fast a body has to come. */
export interface BodyPace {
  /** Looked at that often. */
  readonly windowMs: number;
  /** Of each window in which the client was waited for. */
  readonly leastBytes: number;
}

const usualPace: BodyPace = {
  windowMs: serverLimits.bodyWindowMs,
  leastBytes: serverLimits.bodyWindowBytes,
};

/**
 * The request's bytes as they come off the socket, HTTP framing removed, at the pace of the reader.
 * Ending early leaves the connection open, so that an error can still be answered.
 * Throws S3Error: RequestTimeout when next to nothing comes for a long time, IncompleteBody when the
 * client goes away.
 */
export function readRawBody(exchange: HttpExchange, pace: BodyPace = usualPace): BodyReader {
  return new BodyReader(exchange, pace);
}

type Step = IteratorResult<Uint8Array, void>;

interface Waiting {
  readonly resolve: (step: Step) => void;
  readonly reject: (error: unknown) => void;
}

/** By hand, not by the stream's own iterator: that costs a small request a tenth of all it costs. */
class BodyReader implements AsyncIterableIterator<Uint8Array, void, undefined> {
  readonly #exchange: HttpExchange;
  readonly #pace: BodyPace;
  #state: "new" | "open" | "ended" = "new";
  #waiting: Waiting | undefined;
  #failure: S3Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;
  #readerWasSlow = false;

  constructor(exchange: HttpExchange, pace: BodyPace) {
    this.#exchange = exchange;
    this.#pace = pace;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** To be called again once it has settled. */
  next(): Promise<Step> {
    if (this.#state === "new") this.#begin();
    return new Promise<Step>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#look();
    });
  }

  async return(): Promise<Step> {
    this.#end();
    return await Promise.resolve({ done: true, value: undefined });
  }

  #begin(): void {
    this.#state = "open";
    this.#exchange.sendContinue();
    this.#exchange.onBodyEnd(this.#end);
    this.#exchange.body.onChange(this.#look);
  }

  readonly #end = (): void => {
    if (this.#state === "open") {
      clearInterval(this.#timer);
      this.#exchange.body.onChange(undefined);
    }
    this.#state = "ended";
  };

  /** Gives out what is there, to who waits for it. */
  readonly #look = (): void => {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const { body } = this.#exchange;
    const cause = this.#failure ?? body.failure;
    if (cause !== undefined) {
      this.#waiting = undefined;
      this.#end();
      waiting.reject(cause instanceof S3Error ? cause : new S3Error("IncompleteBody", { cause }));
      return;
    }
    const piece = this.#state === "open" ? body.read() : undefined;
    if (piece !== undefined) {
      this.#waiting = undefined;
      this.#bytes += piece.length;
      this.#exchange.bytesIn += piece.length;
      waiting.resolve({ done: false, value: piece });
    } else if (this.#state === "ended" || body.isRead) {
      this.#waiting = undefined;
      this.#end();
      waiting.resolve({ done: true, value: undefined });
    } else {
      // Most small bodies have come whole by now.
      this.#timer ??= setInterval(this.#onWindow, this.#pace.windowMs);
    }
  };

  /** Silence that we asked for, by not reading on, is not the client's. */
  readonly #onWindow = (): void => {
    const isWaiting = this.#waiting !== undefined;
    if (isWaiting && !this.#readerWasSlow && this.#bytes < this.#pace.leastBytes) {
      this.#failure = new S3Error("RequestTimeout");
      this.#look();
    }
    this.#bytes = 0;
    this.#readerWasSlow = !isWaiting;
  };
}
