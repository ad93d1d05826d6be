import * as fc from "fast-check";
import { expect, it } from "vitest";
import { modifiedMetadata, readModifiedSeconds } from "./modified-time.ts";

it.each([
  [0n, "0"],
  [1_700_000_000_000_000_000n, "1700000000"],
  [1_700_000_000_123_000_000n, "1700000000.123"],
  [1_700_000_000_000_000_001n, "1700000000.000000001"],
  [-1_500_000_000n, "-1.5"],
])("%d ns are %s", (ns, mtime) => {
  expect(modifiedMetadata(ns)).toEqual({ mtime });
});

it("comes back as exactly as a number of seconds can be", () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 62n), 2n ** 62n), (ns) => {
      expect(readModifiedSeconds(modifiedMetadata(ns))).toBeCloseTo(Number(ns) / 1e9, 5);
    }),
  );
});

it.each(["", "x", "1e9", "12:00", "2026-11-01T00:00:00Z", "9999999999999", " 1", "."])(
  "takes no time from %j",
  (mtime) => {
    expect(readModifiedSeconds({ mtime })).toBeUndefined();
  },
);
