import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mib, s3Limits } from "../../core/limits.ts";
import { choosePartSize } from "./part-size.ts";

describe("choosePartSize", () => {
  it.each([
    [20 * mib, undefined, 8 * mib],
    [20 * mib, 1, 5 * mib],
    [20 * mib, 6 * mib + 1, 6 * mib + 4096],
    [1024 * mib - 1, undefined, 8 * mib],
    [1024 * mib, undefined, 16 * mib],
    // Over 156 GiB, 16 MiB parts would be more than 10,000.
    [200 * 1024 * mib, undefined, 21_475_328],
  ])("of %d bytes, asked for %d: %d", (sizeBytes, asked, expected) => {
    expect(choosePartSize(sizeBytes, 1, asked)).toBe(expected);
  });

  it("keeps S3's and Qumulo's rules for any object", () => {
    const sizes = fc.integer({ min: 1, max: 48 * 1024 ** 4 });
    const units = fc.constantFrom(1, 4096, mib);
    fc.assert(
      fc.property(sizes, units, fc.integer({ min: 1, max: 100 * mib }), (size, unit, asked) => {
        const part = choosePartSize(size, unit, asked);
        expect(part % Math.max(unit, 4096)).toBe(0);
        expect(Math.ceil(size / part)).toBeLessThanOrEqual(s3Limits.partsPerUpload);
        expect(part).toBeGreaterThanOrEqual(s3Limits.minPartBytes);
        expect(part).toBeLessThanOrEqual(s3Limits.maxPartBytes);
      }),
    );
  });

  it("refuses what no number of parts can hold", () => {
    expect(() => choosePartSize(s3Limits.objectBytes + 1, 1)).toThrow(/S3 allows/);
  });
});
