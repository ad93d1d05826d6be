import { describe, expect, it } from "vitest";
import { formatRange, parseRange, resolveRange } from "./byte-range.ts";

describe("parseRange", () => {
  it.each([
    ["bytes=0-9", { first: 0, last: 9 }],
    ["bytes=5-", { first: 5 }],
    ["bytes=-3", { suffixLength: 3 }],
  ])("reads %s and writes it back", (header, range) => {
    expect(parseRange(header)).toEqual(range);
    expect(formatRange(range)).toBe(header);
  });

  it.each(["bytes=1-0", "bytes=--1", "bytes=0-1,3-4", "items=0-1", "bytes=-", "bytes=a-b", ""])(
    "ignores %s, as S3 answers it with the whole object",
    (header) => expect(parseRange(header)).toBeUndefined(),
  );
});

describe("resolveRange", () => {
  it.each([
    [{ first: 0, last: 9 }, 5, { first: 0, last: 4 }],
    [{ first: 4 }, 5, { first: 4, last: 4 }],
    [{ suffixLength: 15 }, 10, { first: 0, last: 9 }],
    [{ suffixLength: 2 }, 10, { first: 8, last: 9 }],
  ])("settles %j in %d bytes", (range, size, expected) => {
    expect(resolveRange(range, size)).toEqual(expected);
  });

  it.each([
    [{ first: 5 }, 5],
    [{ suffixLength: 0 }, 5],
    [{ suffixLength: 1 }, 0],
    [{ first: 0, last: 0 }, 0],
  ])("refuses %j in %d bytes", (range, size) => {
    expect(resolveRange(range, size)).toBeUndefined();
  });
});
