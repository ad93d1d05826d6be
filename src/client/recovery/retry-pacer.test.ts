import { expect, it } from "vitest";
import { RetryPacer } from "./retry-pacer.ts";

it("lets a hundred retries through at once and twenty a second from then on", () => {
  let nowMs = 5000;
  const pacer = new RetryPacer(() => nowMs);
  const delays = Array.from({ length: 140 }, () => pacer.takeTurn());
  expect(delays.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => 0));
  expect(delays.at(100)).toBe(50);
  expect(delays.at(139)).toBe(2000);
  nowMs += 2000;
  expect(pacer.takeTurn()).toBe(50);
  // Of a quiet time no more than the hundred is saved up.
  nowMs += 3_600_000;
  expect(Array.from({ length: 101 }, () => pacer.takeTurn()).filter(Boolean)).toEqual([50]);
});
