import { describe, expect, it } from "vitest";
import { nextPlace } from "./next-place.ts";

describe("nextPlace", () => {
  const listing = { operation: "ListObjectVersions", bucket: "bkt" };
  const place = { key: "a", version: "v2" };

  it.each([
    ["the last page leads nowhere", { isTruncated: false, next: place }, {}, undefined],
    ["the first page leads on", { isTruncated: true, next: place }, {}, place],
    ["one member may stay", { isTruncated: true, next: place }, { key: "a", version: "v1" }, place],
  ])("%s", (_what, page, from, next) => {
    expect(nextPlace(page, from, listing)).toEqual(next);
  });

  it.each([
    ["more but not where", { isTruncated: true, next: undefined }, {}, /not where/],
    ["its own place", { isTruncated: true, next: place }, place, /back to itself/],
    ["a number before", { isTruncated: true, next: { part: 3 } }, { part: 4 }, /back to itself/],
  ])("refuses %s", (_what, page, from, message) => {
    expect(() => nextPlace<Record<string, string | number>>(page, from, listing)).toThrow(
      expect.objectContaining({
        code: "IntegrityError",
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});
