import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

/** A clock that stands still but for what is waited. */
function clock() {
  const state = { ms: 0 };
  return {
    state,
    now: () => state.ms,
    wait: async (ms: number) => {
      const until = state.ms + ms;
      await Promise.resolve();
      state.ms = Math.max(state.ms, until);
    },
  };
}

it("lets through as many units a second as it is told", async () => {
  const time = clock();
  const pace = new Pace(1000, time);
  for (let count = 0; count < 50; count += 1) await pace.take(100);
  expect(time.state.ms).toBeGreaterThan(4500);
  expect(time.state.ms).toBeLessThanOrEqual(5000);
});

it("shares one rate among all that ask at once, in their order", async () => {
  const time = clock();
  const pace = new Pace(10, time);
  const order: number[] = [];
  await Promise.all(
    [0, 1, 2, 3].map(async (index) => {
      await pace.take(10);
      order.push(index);
    }),
  );
  expect(order).toEqual([0, 1, 2, 3]);
  expect(time.state.ms).toBeGreaterThan(3500);
});

it("saves up no more than a moment", async () => {
  const time = clock();
  const pace = new Pace(1000, time);
  time.state.ms = 60_000;
  await pace.take(5000);
  expect(time.state.ms).toBeGreaterThan(64_500);
});
