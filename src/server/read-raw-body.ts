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
export async function* readRawBody(
  exchange: HttpExchange,
  { windowMs, leastBytes }: BodyPace = usualPace,
): AsyncGenerator<Uint8Array, void, undefined> {
  exchange.sendContinue();
  const { request } = exchange;
  const chunks = request.iterator({ destroyOnReturn: false });
  let fail: ((error: Error) => void) | undefined;
  let failure: Error | undefined;
  const onFailure = (error: Error): void => {
    failure ??= error;
    fail?.(failure);
  };
  // The race is per chunk and by hand: Promise.race on one long-lived promise would hold a reaction
  // for every chunk of a 5 GiB body.
  const next = (): Promise<IteratorResult<Uint8Array>> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      fail = reject;
      chunks
        .next()
        .finally(() => {
          fail = undefined;
        })
        .then(resolve, reject);
    });
  let bytes = 0;
  let readerWasSlow = false;
  // Silence that we asked for, by not reading on, is not the client's.
  const onWindow = (): void => {
    if (fail !== undefined && !readerWasSlow && bytes < leastBytes) {
      onFailure(new S3Error("RequestTimeout"));
    }
    bytes = 0;
    readerWasSlow = fail === undefined;
  };
  exchange.onBodyFailure(onFailure);
  const timer = setInterval(onWindow, windowMs);
  try {
    for (let step = await next(); step.done !== true; step = await next()) {
      bytes += step.value.length;
      exchange.bytesIn += step.value.length;
      yield step.value;
    }
  } catch (cause) {
    if (cause instanceof S3Error) throw cause;
    throw new S3Error("IncompleteBody", { cause });
  } finally {
    clearInterval(timer);
    exchange.onBodyFailure(undefined);
    // After a failure a read is still open, and a return would queue behind it for ever.
    if (failure === undefined) await chunks.return?.();
  }
}
