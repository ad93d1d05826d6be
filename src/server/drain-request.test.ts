import { Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { serverLimits } from "../core/limits.ts";
import { parseRequestHead } from "../protocol/http/request-head.ts";
import { drainRequest } from "./drain-request.ts";
import { HttpResponse } from "./http/http-response.ts";
import { RequestBody } from "./http/request-body.ts";
import { HttpExchange } from "./http-exchange.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function drain() {
  const head = parseRequestHead("PUT / HTTP/1.1\r\nContent-Length: 4");
  const body = new RequestBody({ pause: () => undefined, resume: () => undefined });
  const exchange = new HttpExchange(head, body, new HttpResponse(new Socket(), head));
  let reusable: boolean | undefined;
  void drainRequest(exchange).then((value) => (reusable = value));
  return { body, reusable: () => reusable };
}

test("a client that sends nothing more is not waited for to the end", async () => {
  const { reusable } = drain();
  await vi.advanceTimersByTimeAsync(2 * serverLimits.unreadSilenceMs);
  expect(2 * serverLimits.unreadSilenceMs).toBeLessThan(serverLimits.unreadBodyMs);
  expect(reusable()).toBe(false);
});

test("one that goes on sending is", async () => {
  const { body, reusable } = drain();
  for (let step = 0; step < 4; step += 1) {
    body.push(Buffer.from("x"));
    await vi.advanceTimersByTimeAsync(serverLimits.unreadSilenceMs / 2);
  }
  expect(reusable()).toBeUndefined();
  body.end();
  await vi.advanceTimersByTimeAsync(1);
  expect(reusable()).toBe(true);
});
