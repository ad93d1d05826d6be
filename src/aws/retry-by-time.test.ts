import { afterEach, describe, expect, it, test } from "vitest";
import { clientLimits } from "../core/limits.ts";
import type { RetryEvent } from "../core/retry-event.ts";
import { retryByTime } from "./retry-by-time.ts";
import {
  closeServers,
  failure,
  refusal,
  scripted,
  xml,
} from "./testing-fixtures/scripted-admin.ts";

afterEach(closeServers);

/** Fails again and again on a clock of its own; how often and for how long it was tried. */
async function tryOn(forMs: number, failed: { errorType: string; error?: unknown }) {
  let now = 5000;
  const strategy = retryByTime(forMs, { now: () => now, random: () => 0.5 });
  let token = await strategy.acquireInitialRetryToken();
  for (let attempts = 1; ; attempts += 1) {
    try {
      token = await strategy.refreshRetryTokenForRetry(token, failed);
    } catch {
      return { attempts, ms: now - 5000 };
    }
    now += token.getRetryDelay();
  }
}

describe("calls of the SDK are tried again by time", () => {
  it.each(["THROTTLING", "TRANSIENT"])("%s: until the time is up", async (errorType) => {
    const tried = await tryOn(20_000, { errorType });
    expect(tried.ms).toBe(20_000);
    expect(tried.attempts).toBeGreaterThan(10);
  });

  it.each(["CLIENT_ERROR", "SERVER_ERROR"])("%s: not at all", async (errorType) => {
    expect(await tryOn(20_000, { errorType })).toEqual({ attempts: 1, ms: 0 });
  });

  it("not at all when no time is given", async () => {
    expect(await tryOn(0, { errorType: "TRANSIENT" })).toEqual({ attempts: 1, ms: 0 });
  });

  it("a few times for a name that does not exist, and within the shortest time", async () => {
    const error = Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
    const { leastAttempts } = clientLimits;
    const failed = { errorType: "TRANSIENT", error };
    expect((await tryOn(20_000, failed)).attempts).toBe(leastAttempts);
    expect((await tryOn(1, { errorType: "TRANSIENT" })).attempts).toBe(leastAttempts);
  });

  it("no sooner than Retry-After asks, and not when it asks for too long", async () => {
    const strategy = retryByTime(20_000);
    const first = await strategy.acquireInitialRetryToken();
    const ask = (ms: number) =>
      strategy.refreshRetryTokenForRetry(first, {
        errorType: "THROTTLING",
        retryAfterHint: new Date(Date.now() + ms),
      });
    expect((await ask(10_000)).getRetryDelay()).toBeGreaterThan(9000);
    await expect(ask(120_000)).rejects.toThrow("No further attempt");
  });
});

const policyStatus = xml("<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>");

test("a setting is read through more refusals than the SDK takes by itself", async () => {
  const busy = refusal(503, "SlowDown");
  const { asked, admin } = await scripted(busy, busy, busy, busy, busy, policyStatus);
  expect(await admin().read("bkt", "policyStatus")).toEqual({ isPublic: false });
  expect(asked).toHaveLength(6);
});

test("who listens is told what is waited for", async () => {
  const { admin } = await scripted(refusal(503, "SlowDown", "Reduce your rate."), policyStatus);
  const told: RetryEvent[] = [];
  await admin({ onEvent: (event) => told.push(event) }).read("bkt", "policyStatus");
  expect(told).toEqual([
    expect.objectContaining({ type: "retry", attempt: 1, reason: "SlowDown" }),
  ]);
  expect(told[0]?.message).toBe("A request for settings failed: SlowDown: Reduce your rate..");
});

test("a refused connection is told in words", async () => {
  const told: RetryEvent[] = [];
  const gone = (await scripted()).admin({
    endpointUrl: "http://127.0.0.1:1",
    retryForMs: 1,
    onEvent: (event) => told.push(event),
  });
  expect((await failure(gone.headBucket("sims"))).code).toBe("Unavailable");
  expect(told[0]?.message).toContain("The connection was refused (ECONNREFUSED)");
});

test("no time at all is one attempt", async () => {
  const { asked, admin } = await scripted(refusal(503, "SlowDown"));
  const error = await failure(admin({ retryForMs: 0 }).read("bkt", "policyStatus"));
  expect(error.code).toBe("Throttled");
  expect(asked).toHaveLength(1);
});
