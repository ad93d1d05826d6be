import { describe, expect, test } from "vitest";
import { tagging } from "../../protocol/documents/tagging.ts";
import { renderXml } from "../../protocol/xml/render.ts";
import { readTaggingDocument, readTaggingHeader } from "./tags.ts";

function document(...tags: readonly (readonly [string, string])[]): Buffer {
  const entries = tags.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`);
  return Buffer.from(`<Tagging><TagSet>${entries.join("")}</TagSet></Tagging>`);
}

describe("the header", () => {
  test("is a query string, values may be empty", () => {
    expect(readTaggingHeader("project=a%20b&empty=&plus=1%2B1")).toEqual([
      { Key: "project", Value: "a b" },
      { Key: "empty", Value: "" },
      { Key: "plus", Value: "1+1" },
    ]);
    expect(readTaggingHeader(undefined)).toBeUndefined();
  });

  test("names no tag twice", () => {
    expect(() => readTaggingHeader("a=1&a=2")).toThrow(
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
    expect(readTaggingDocument(Buffer.from(renderXml(tagging.render(tags))))).toEqual(tags);
  });

  test("may hold ten tags", () => {
    const ten = Array.from({ length: 10 }, (_, index) => [`k${index}`, "v"] as const);
    expect(readTaggingDocument(document(...ten))).toHaveLength(10);
    expect(() => readTaggingDocument(document(...ten, ["k10", "v"]))).toThrow(
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
    expect(() => readTaggingDocument(document([key, value]))).toThrow(
      expect.objectContaining({ code: "InvalidTag" }),
    );
  });

  test("without a tag set has no tags", () => {
    expect(readTaggingDocument(Buffer.from("<Tagging/>"))).toEqual([]);
  });

  test("without a key or value is MalformedXML", () => {
    for (const tag of ["<Key>k</Key>", "<Value>v</Value>"]) {
      const text = `<Tagging><TagSet><Tag>${tag}</Tag></TagSet></Tagging>`;
      expect(() => readTaggingDocument(Buffer.from(text))).toThrow(
        expect.objectContaining({ code: "MalformedXML" }),
      );
    }
  });
});
