import { expect, it } from "vitest";
import { transferLimits } from "../../core/limits.ts";
import { ListingPace } from "./listing-pace.ts";

/**
 * A listing of so many pages, each `pageMs` on its way however many others are. `busy`: for how much of
 * that time this process is at work.
 */
function play(pages: number, pageMs: (lanes: number) => number, busy = 0): number[] {
  let now = 0;
  const pace = new ListingPace(
    () => now,
    () => now * busy,
  );
  const lanes: number[] = [];
  for (let page = 0; page < pages; page += 1) {
    const done = pace.waits();
    now += pageMs(pace.lanes);
    done();
    pace.read();
    pace.gaveOut();
    lanes.push(pace.lanes);
  }
  return lanes;
}

it("asks for more at a time as long as they come faster", () => {
  const lanes = play(200, (count) => Math.max(9, 120 / count));
  expect(lanes.slice(0, transferLimits.listingFlatPages)).toEqual([1, 1, 1, 1]);
  expect(Math.max(...lanes)).toBe(transferLimits.listingLanes);
});

it("goes back where more at a time do not come faster", () => {
  const lanes = play(60, () => 30);
  expect(Math.max(...lanes)).toBe(2);
  expect(lanes.at(-1)).toBe(1);
});

it("keeps to one where nobody has to wait", () => {
  expect(Math.max(...play(100, () => 5))).toBe(1);
});

it("keeps to one where its own work is what takes the time", () => {
  expect(Math.max(...play(100, (count) => 120 / count, 0.9))).toBe(1);
  expect(Math.max(...play(100, (count) => 120 / count, 0.5))).toBeGreaterThan(4);
});

it("splits no more for a while where the guesses are wrong", () => {
  const pace = new ListingPace(() => 0);
  pace.lanes = 8;
  for (let count = 0; count < 6; count += 1) pace.tried(false);
  expect(pace.maySplit).toBe(false);
  for (let count = 0; count < 64; count += 1) pace.gaveOut();
  expect(pace.maySplit).toBe(true);
});
