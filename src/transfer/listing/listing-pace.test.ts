import { expect, it } from "vitest";
import { transferLimits } from "../../core/limits.ts";
import { ListingPace } from "./listing-pace.ts";

/**
 * A listing of so many pages, each `pageMs` on its way however many others are. `busy`: for how much of
 * that time this process is at work.
 */
function play(
  pages: number,
  pageMs: (lanes: number, page: number) => number,
  busy: (page: number) => number = () => 0,
): number[] {
  let now = 0;
  let busyMs = 0;
  const pace = new ListingPace(
    () => now,
    () => busyMs,
  );
  const lanes: number[] = [];
  for (let page = 0; page < pages; page += 1) {
    const done = pace.waits();
    const tookMs = pageMs(pace.lanes, page);
    now += tookMs;
    busyMs += tookMs * busy(page);
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
  const lanes = play(200, () => 30);
  expect(Math.max(...lanes)).toBe(4);
  expect(lanes.slice(100).filter((count) => count > 1).length).toBeLessThan(10);
});

it("goes back to what was fastest, not to the beginning", () => {
  const lanes = play(120, (count) => (count < 4 ? 120 : 30));
  expect(lanes).toContain(16);
  expect(Math.min(...lanes.slice(lanes.indexOf(16)))).toBe(4);
});

it("does not ask how busy it is for a listing of one page", () => {
  const asked: number[] = [];
  const pace = new ListingPace(
    () => 0,
    () => asked.push(0),
  );
  pace.waits()();
  pace.read();
  expect(asked).toEqual([]);
});

it("keeps to one where nobody has to wait", () => {
  expect(Math.max(...play(100, () => 5))).toBe(1);
});

it("keeps to one where its own work is what takes the time", () => {
  expect(
    Math.max(
      ...play(
        100,
        (count) => 120 / count,
        () => 0.9,
      ),
    ),
  ).toBe(1);
  expect(
    Math.max(
      ...play(
        100,
        (count) => 120 / count,
        () => 0.5,
      ),
    ),
  ).toBeGreaterThan(4);
});

it("asks for more once its own work no longer takes the time", () => {
  const more = play(
    200,
    (count) => Math.max(9, 120 / count),
    (page) => (page < 20 ? 1 : 0.2),
  );
  expect(more[18]).toBe(1);
  expect(Math.max(...more)).toBe(transferLimits.listingLanes);
});

it("tries again soon after more at a time came no faster by chance", () => {
  const lanes = play(60, (count, page) => (page < 12 && count > 1 ? 300 : 120 / count));
  expect(lanes.slice(0, 16)).toContain(4);
  expect(lanes.at(-1)).toBeGreaterThan(4);
});

it("takes larger steps while it has hardly anything to do", () => {
  expect(stepsOf(0.2)).toEqual(new Set([1, 4, 16]));
  expect(stepsOf(0.5)).toEqual(new Set([1, 2, 4, 8, 16]));
});

function stepsOf(busy: number): Set<number> {
  const lanes = play(
    200,
    (count) => 120 / count,
    () => busy,
  );
  return new Set(lanes);
}

it("splits no more for a while where the guesses are wrong", () => {
  const pace = new ListingPace(() => 0);
  pace.lanes = 8;
  for (let count = 0; count < 6; count += 1) pace.tried(false);
  expect(pace.maySplit).toBe(false);
  for (let count = 0; count < 64; count += 1) pace.gaveOut();
  expect(pace.maySplit).toBe(true);
});

it("splits no more for a while where one guess in three is wrong", () => {
  const pace = new ListingPace(() => 0);
  pace.lanes = 8;
  for (let count = 0; count < 20; count += 1) {
    pace.tried(true);
    pace.tried(true);
    pace.tried(false);
  }
  expect(pace.maySplit).toBe(false);
});
