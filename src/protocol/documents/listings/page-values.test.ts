import { describe, expect, it } from "vitest";
import { PageValues } from "./page-values.ts";

/** Reads the value between the first `[` and the last `]`. */
function value<Kind extends "date" | "etag" | "name" | "number">(kind: Kind, text: string) {
  const bytes = Buffer.from(text);
  const page = new PageValues(bytes);
  const found = page[kind](bytes.indexOf("[") + 1, bytes.lastIndexOf("]"));
  expect(bytes.toString()).toBe(text);
  return found as ReturnType<PageValues[Kind]>;
}

describe("dates", () => {
  it.each([
    ["2026-11-24T10:11:12.345Z", 345],
    ["2026-11-24T10:11:12.000Z", 0],
    ["2026-11-24T10:11:12Z", 0],
    ["2026-11-24T12:11:12.007+02:00", 7],
    ["2026-11-24T10:11:12.345678Z", 345],
    ["2026-11-24T10&#58;11:12.001Z", 1],
  ])("reads %s, as other stores write it", (text, ms) => {
    const date = value("date", `[${text}]`);
    expect(date.getTime()).toBe(Date.UTC(2026, 10, 24, 10, 11, 12, ms));
  });

  it.each(["", "yesterday", "2026-11-24T1x:11:12.000Z", "2026-11-24T25:11:12.000Z"])(
    "answers an invalid date for %j",
    (text) => expect(value("date", `[${text}]`).getTime()).toBeNaN(),
  );
});

it.each([
  ["&quot;0cc1&quot;", '"0cc1"'],
  ['"0cc1"', '"0cc1"'],
  ["0cc1", "0cc1"],
  ["&quot;a&amp;b&quot;", '"a&b"'],
  ["&quot;é&quot;", '"é"'],
  ["&quot;&quot;", '""'],
  ["&quot;", '"'],
  ["&quot;0cc1", '"0cc1'],
  ["", ""],
])("reads an ETag written %s, and leaves the page as it is", (text, etag) => {
  expect(value("etag", `[${text}]`)).toBe(etag);
});

it.each([
  ["0", 0],
  ["4096", 4096],
  ["999999999999999", 999_999_999_999_999],
  ["5497558138880000", 5_497_558_138_880_000],
  [" 12 ", 12],
  ["", 0],
  ["-1", -1],
  ["twelve", Number.NaN],
])("reads the number %j", (text, number) => expect(value("number", `[${text}]`)).toBe(number));

it.each([
  ["", "a%3Db+c", "a%3Db+c"],
  ["<EncodingType>url</EncodingType>", "a%3Db+c%2Bd", "a=b c+d"],
  ["<EncodingType> url\n</EncodingType>", "a%3Db", "a=b"],
  ["<EncodingType>none</EncodingType>", "a%3Db", "a%3Db"],
  ["<EncodingType>url</EncodingType>", "a&amp;b", "a&b"],
  ["<EncodingType>url</EncodingType>", "%C3%A9é%ff", "%C3%A9é%ff"],
  ["", "é&lt;", "é<"],
])("reads names on a page with %s: %s", (head, text, name) => {
  expect(value("name", `${head}[${text}]`)).toBe(name);
});
