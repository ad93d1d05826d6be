import { describe, expect, it } from "vitest";
import { StorageError } from "../../core/errors.ts";
import { TransportError } from "../transport-error.ts";
import { Patience } from "./patience.ts";
import { defaultRetryPolicy } from "./retry-policy.ts";
import { StoreLoad } from "./store-load.ts";

const throttled = new StorageError("Throttled", "slow down", { retryable: true, status: 503 });
const broken = new StorageError("Unavailable", "we failed", { retryable: true, status: 500 });
const conflict = new StorageError("Conflict", "at once", { retryable: true, status: 409 });

/** A call whose every attempt fails at once, on a clock that only its waiting moves. */
class FailingCall {
  nowMs = 1000;
  readonly load = new StoreLoad(64, () => this.nowMs);
  readonly patience: Patience;
  attempts = 0;

  constructor(policy: Partial<typeof defaultRetryPolicy> = {}, random = 0.5) {
    this.patience = new Patience({ ...defaultRetryPolicy, ...policy }, this.load, () => random);
  }

  /** Runs to its end, or to a bound; `between` happens before each attempt. Answers how long it took. */
  run(
    error: StorageError,
    options: {
      readonly failure?: unknown;
      readonly askedMs?: number;
      readonly between?: () => void;
      readonly untilMs?: number;
    } = {},
  ): number {
    const { failure = error, askedMs = 0, between, untilMs = 1e7 } = options;
    const start = this.nowMs;
    for (;;) {
      between?.();
      this.attempts += 1;
      const delayMs = this.patience.nextDelayMs({ error, failure, askedMs });
      if (delayMs === undefined || this.nowMs - start > untilMs) return this.nowMs - start;
      this.nowMs += delayMs;
    }
  }
}

describe("Patience", () => {
  it.each([
    ["throttling", throttled],
    ["a failing store", broken],
  ])("bears %s for 20 s and no longer", (_what, error) => {
    const call = new FailingCall();
    expect(call.run(error)).toBe(20_000);
    expect(call.attempts).toBeGreaterThan(6);
    expect(call.attempts).toBeLessThan(30);
  });

  it("ends after four attempts where time mends nothing", () => {
    const call = new FailingCall();
    expect(call.run(conflict)).toBeLessThan(2000);
    expect(call.attempts).toBe(4);
    const unknown = new FailingCall();
    const failure = new TransportError("connect", "no such name", {
      cause: Object.assign(new Error("no such name"), { code: "ENOTFOUND" }),
    });
    unknown.run(new StorageError("Unavailable", "no name", { retryable: true }), { failure });
    expect(unknown.attempts).toBe(4);
  });

  it("has four attempts although the first took longer than its time", () => {
    const call = new FailingCall();
    const between = (): void => void (call.nowMs += 60_000);
    call.run(broken, { between });
    expect(call.attempts).toBe(4);
  });

  it("waits its turn while the store answers others, but not for ever", () => {
    const call = new FailingCall();
    const between = (): void => call.load.succeeded();
    const lasted = call.run(throttled, { between });
    expect(lasted).toBeGreaterThanOrEqual(195_000);
    expect(lasted).toBeLessThanOrEqual(200_000);
    const other = new FailingCall();
    expect(other.run(broken, { between: () => other.load.succeeded() })).toBe(20_000);
  });

  it.each([
    [30_000, 30_000],
    [61_000, 0],
  ])("heeds a Retry-After of %i ms by waiting %i", (askedMs, lasted) => {
    const call = new FailingCall();
    expect(call.run(throttled, { askedMs, untilMs: 1 })).toBe(lasted);
  });

  it("is none for errors that no repetition mends", () => {
    const call = new FailingCall();
    expect(call.run(new StorageError("NotFound", "no key"))).toBe(0);
    expect(call.attempts).toBe(1);
  });
});
