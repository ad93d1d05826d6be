import { expect, test } from "vitest";
import { mib } from "../core/limits.ts";
import { growthPercent } from "./collect-seldom.ts";

test.each([
  [8, 1500],
  [10, 1180],
  [32, 300],
  [64, 100],
  [65, 0],
  [500, 0],
])("a heap of %i MiB may grow by %i %", (used, percent) => {
  expect(growthPercent(used * mib)).toBe(percent);
});
