import { afterEach, expect, test, vi } from "vitest";
import { safeListener } from "./safe-listener.ts";

const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
afterEach(() => void warn.mockClear());

test("a listener is told everything, each time", () => {
  const told: unknown[] = [];
  const listener = safeListener("the logger", (...all: [number, string]) => told.push(all));
  listener(1, "a");
  listener(2, "b");
  expect(told).toEqual([
    [1, "a"],
    [2, "b"],
  ]);
  expect(warn).not.toHaveBeenCalled();
});

test("what it throws ends there, and is told once", () => {
  let calls = 0;
  const listener = safeListener("the logger", () => {
    calls += 1;
    throw new Error("disk full");
  });
  listener();
  listener();
  expect(calls).toBe(2);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toBe(
    "the logger failed, and what it was told went on: disk full",
  );
});

test.each([
  ["a promise that fails", () => Promise.reject(new Error("no"))],
  [
    "a then that throws",
    () => ({
      // eslint-disable-next-line unicorn/no-thenable -- that is what is tried
      then: () => {
        throw new Error("no");
      },
    }),
  ],
  [
    "a getter that throws",
    () => ({
      // eslint-disable-next-line unicorn/no-thenable -- that is what is tried
      get then(): unknown {
        throw new Error("no");
      },
    }),
  ],
  [
    "an error without a text",
    () => {
      throw Object.create(null);
    },
  ],
])("%s leaves no rejection behind", async (_what, answer) => {
  safeListener("the logger", answer)();
  await new Promise((resolve) => void setImmediate(resolve));
  expect(warn).toHaveBeenCalledTimes(1);
});
