import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { serverLimits } from "../core/limits.ts";
import { drainRequest } from "./drain-request.ts";
import { HttpExchange } from "./http-exchange.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function drain() {
  const request = new IncomingMessage(new Socket());
  request._read = () => undefined;
  const exchange = new HttpExchange(request, new ServerResponse(request), false);
  let reusable: boolean | undefined;
  void drainRequest(exchange).then((value) => (reusable = value));
  return { request, reusable: () => reusable };
}

test("a client that sends nothing more is not waited for to the end", async () => {
  const { reusable } = drain();
  await vi.advanceTimersByTimeAsync(2 * serverLimits.unreadSilenceMs);
  expect(2 * serverLimits.unreadSilenceMs).toBeLessThan(serverLimits.unreadBodyMs);
  expect(reusable()).toBe(false);
});

test("one that goes on sending is", async () => {
  const { request, reusable } = drain();
  for (let step = 0; step < 4; step += 1) {
    request.push("x");
    await vi.advanceTimersByTimeAsync(serverLimits.unreadSilenceMs / 2);
  }
  expect(reusable()).toBeUndefined();
  request.push(null);
  await vi.advanceTimersByTimeAsync(1);
  expect(reusable()).toBe(true);
});
