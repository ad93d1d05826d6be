import { describe, expect, test } from "vitest";
import { parseTaggingDocument, parseTaggingHeader, renderTagging } from "./tags.ts";

function document(...tags: readonly (readonly [string, string])[]): Buffer {
  const entries = tags.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`);
  return Buffer.from(`<Tagging><TagSet>${entries.join("")}</TagSet></Tagging>`);
}

describe("the header", () => {
  test("is a query string, values may be empty", () => {
    expect(parseTaggingHeader("project=a%20b&empty=&plus=1%2B1")).toEqual([
      { Key: "project", Value: "a b" },
      { Key: "empty", Value: "" },
      { Key: "plus", Value: "1+1" },
    ]);
    expect(parseTaggingHeader(undefined)).toBeUndefined();
  });

  test("names no tag twice", () => {
    expect(() => parseTaggingHeader("a=1&a=2")).toThrow(
      expect.objectContaining({
        code: "InvalidArgument",
        extra: { ArgumentName: "x-amz-tagging", ArgumentValue: "a=1&a=2" },
      }),
    );
  });
});

describe("the document", () => {
  test("comes back as it went in", () => {
    const tags = [{ Key: "naïve", Value: "é @ ü" }];
    expect(parseTaggingDocument(Buffer.from(renderTagging(tags)))).toEqual(tags);
  });

  test("may hold ten tags", () => {
    const ten = Array.from({ length: 10 }, (_, index) => [`k${index}`, "v"] as const);
    expect(parseTaggingDocument(document(...ten))).toHaveLength(10);
    expect(() => parseTaggingDocument(document(...ten, ["k10", "v"]))).toThrow(
      expect.objectContaining({ code: "BadRequest", status: 400 }),
    );
  });

  test.each([
    ["", "v"],
    ["k".repeat(129), "v"],
    ["k", "v".repeat(257)],
    ["aws:mine", "v"],
    ["semi;colon", "v"],
  ])("InvalidTag: %s", (key, value) => {
    expect(() => parseTaggingDocument(document([key, value]))).toThrow(
      expect.objectContaining({ code: "InvalidTag" }),
    );
  });

  test("without a tag set, key or value is MalformedXML", () => {
    for (const text of [
      "<Tagging/>",
      "<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>",
    ]) {
      expect(() => parseTaggingDocument(Buffer.from(text))).toThrow(
        expect.objectContaining({ code: "MalformedXML" }),
      );
    }
  });
});
