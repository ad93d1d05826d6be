import { serverLimits } from "../core/limits.ts";
import type { HttpExchange } from "./http-exchange.ts";

/**
 * How much of the request's body nobody has read. A client that is still sending sees a reset
 * instead of our answer when the connection closes under it, so small rests are read and thrown
 * away.
 */
export function unreadRequestBody(exchange: HttpExchange): "none" | "little" | "too much" {
  if (exchange.body.failure !== undefined) return "too much";
  if (exchange.bodyHeldBack) return exchange.hasBody ? "too much" : "none";
  if (exchange.body.isRead || !exchange.hasBody) return "none";
  const length = exchange.head.lengthBytes ?? Number.POSITIVE_INFINITY;
  return length <= serverLimits.unreadBodyBytes ? "little" : "too much";
}

/**
 * Reads the rest away with the answer already sent: until its end, as long as the client goes on
 * sending, for a bounded time and number of bytes. True when the connection can carry a next request.
 */
export async function drainRequest(exchange: HttpExchange): Promise<boolean> {
  const { body, response } = exchange;
  if (exchange.bodyHeldBack || body.failure !== undefined || response.destroyed) return false;
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      clearInterval(silence);
      body.onChange(undefined);
      resolve();
    };
    const timer = setTimeout(stop, serverLimits.unreadBodyMs);
    let before = -1;
    const silence = setInterval(() => {
      if (bytes === before) stop();
      before = bytes;
    }, serverLimits.unreadSilenceMs);
    const look = (): void => {
      for (let piece = body.read(); piece !== undefined; piece = body.read()) bytes += piece.length;
      const isOver = body.isRead || body.failure !== undefined;
      if (isOver || bytes > serverLimits.unreadBodyBytes) stop();
    };
    body.onChange(look);
    look();
  });
  return body.isRead;
}
