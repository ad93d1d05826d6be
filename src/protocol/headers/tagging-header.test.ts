import * as fc from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../testing-fixtures/any-text.ts";
import { formatTaggingHeader, parseTaggingHeader } from "./tagging-header.ts";

it("is a query string, values may be empty", () => {
  expect(parseTaggingHeader("project=a%20b&empty=&bare&plus=1%2B1&space=a+b")).toEqual([
    { Key: "project", Value: "a b" },
    { Key: "empty", Value: "" },
    { Key: "bare", Value: "" },
    { Key: "plus", Value: "1+1" },
    { Key: "space", Value: "a b" },
  ]);
});

it("comes back as it was written", () => {
  const text = anyText;
  fc.assert(
    fc.property(fc.dictionary(text, text), (tags) => {
      const written = formatTaggingHeader(tags);
      expect(written).toMatch(/^[!-~]*$/);
      const expected = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      expect(parseTaggingHeader(written)).toEqual(expected);
    }),
  );
});
