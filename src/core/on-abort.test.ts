import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { onAbort } from "./on-abort.ts";

it("calls each listener once, with one listener on the signal", () => {
  const controller = new AbortController();
  const called: number[] = [];
  const releases = Array.from({ length: 20 }, (_, index) =>
    onAbort(controller.signal, () => called.push(index)),
  );
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
  releases[3]?.();
  controller.abort();
  controller.abort();
  expect(called).toEqual(Array.from({ length: 20 }, (_, index) => index).filter((n) => n !== 3));
});

it("calls a listener at once when the signal is aborted already", () => {
  let called = 0;
  const release = onAbort(AbortSignal.abort(), () => (called += 1));
  release();
  expect(called).toBe(1);
});

it("calls one that is given twice twice, and one that was taken away by another not at all", () => {
  const controller = new AbortController();
  const called: string[] = [];
  const twice = (): void => void called.push("twice");
  onAbort(controller.signal, twice);
  onAbort(controller.signal, twice);
  onAbort(controller.signal, () => release());
  const release = onAbort(controller.signal, () => called.push("never"));
  controller.abort();
  expect(called).toEqual(["twice", "twice"]);
});
