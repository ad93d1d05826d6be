import { serverLimits } from "../core/limits.ts";
import type { HttpExchange } from "./http-exchange.ts";

/**
 * How much of the request's body nobody has read. A client that is still sending sees a reset
 * instead of our answer when the connection closes under it, so small rests are read and thrown
 * away.
 */
export function unreadRequestBody(exchange: HttpExchange): "none" | "little" | "too much" {
  const { request } = exchange;
  if (exchange.bodyBroken) return "too much";
  if (exchange.bodyHeldBack) return exchange.hasBody ? "too much" : "none";
  if (request.complete && request.readableEnded) return "none";
  if (!exchange.hasBody) return "none";
  const length = Number(exchange.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
  return length <= serverLimits.unreadBodyBytes ? "little" : "too much";
}

/**
 * Reads the rest away with the answer already sent: until its end, as long as the client goes on
 * sending, for a bounded time and number of bytes. True when the connection can carry a next request.
 */
export async function drainRequest(exchange: HttpExchange): Promise<boolean> {
  const { request, response } = exchange;
  if (exchange.bodyHeldBack || exchange.bodyBroken || request.destroyed) return false;
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      clearInterval(silence);
      exchange.onBodyFailure(undefined);
      resolve();
    };
    const timer = setTimeout(stop, serverLimits.unreadBodyMs);
    let before = -1;
    const silence = setInterval(() => {
      if (bytes === before) stop();
      before = bytes;
    }, serverLimits.unreadSilenceMs);
    request.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > serverLimits.unreadBodyBytes) stop();
    });
    request.once("end", stop);
    request.once("close", stop);
    request.once("error", stop);
    response.once("close", stop);
    exchange.onBodyFailure(stop);
    request.resume();
  });
  return request.readableEnded;
}

/** Lets the answer leave, then lets go of the connection, whatever the client still has to say. */
export function endConnection({ request, response }: HttpExchange): void {
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), serverLimits.lastAnswerMs);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
  response.once("finish", () => socket.destroySoon());
  if (response.writableFinished) socket.destroySoon();
}
