import { expect, it } from "vitest";
import { mib } from "../../core/limits.ts";

const gib = 1024 * mib;
import { rangeSize } from "./range-size.ts";

it.each([
  [0, 1],
  [1, 1],
  [16 * mib - 1, 16 * mib - 1],
  [16 * mib, 8 * mib],
  [gib / 2 - 1, 8 * mib],
  [gib / 2, 16 * mib],
  [gib - 1, 24 * mib],
  [gib, 32 * mib],
  [5000 * gib, 32 * mib],
])("an object of %i bytes is fetched in ranges of %i", (sizeBytes, expected) => {
  expect(rangeSize(sizeBytes)).toBe(expected);
});
