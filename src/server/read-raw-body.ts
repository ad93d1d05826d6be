import { serverLimits } from "../core/limits.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { HttpExchange } from "./http-exchange.ts";

/**
 * The request's bytes as they come off the socket, HTTP framing removed, at the pace of the reader.
 * Ending early leaves the connection open, so that an error can still be answered.
 * Throws S3Error: RequestTimeout after a long silence, IncompleteBody when the client goes away.
 */
export async function* readRawBody(
  exchange: HttpExchange,
  idleTimeoutMs: number = serverLimits.bodyIdleTimeoutMs,
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
  const onTimeout = (): void => {
    // Silence that we asked for, by not reading on, is not the client's.
    if (fail === undefined) request.setTimeout(idleTimeoutMs);
    else onFailure(new S3Error("RequestTimeout"));
  };
  exchange.onBodyFailure(onFailure);
  request.setTimeout(idleTimeoutMs);
  request.on("timeout", onTimeout);
  try {
    for (let step = await next(); step.done !== true; step = await next()) yield step.value;
  } catch (cause) {
    if (cause instanceof S3Error) throw cause;
    throw new S3Error("IncompleteBody", { cause });
  } finally {
    request.off("timeout", onTimeout);
    request.setTimeout(0);
    exchange.onBodyFailure(undefined);
    // After a failure a read is still open, and a return would queue behind it for ever.
    if (failure === undefined) await chunks.return?.();
  }
}
