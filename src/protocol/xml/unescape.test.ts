import * as fc from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../testing-fixtures/any-text.ts";
import { escapeXml } from "./render.ts";
import { unescapeXml } from "./unescape.ts";

it.each([
  ["plain", "plain"],
  ["a&amp;b&lt;c&gt;&quot;&apos;", "a&b<c>\"'"],
  ["&#x1;&#13;&#xD;&#x1F600;", "\u0001\r\r\u{1F600}"],
  ["&#x10FFFF;&#x0010FFFF;", "\u{10FFFF}\u{10FFFF}"],
  ["&amp;lt;", "&lt;"],
  ["&unknown; & &#x110000;", "&unknown; & &#x110000;"],
])("%j", (raw, text) => {
  expect(unescapeXml(raw)).toBe(text);
});

it("undoes escaping, control characters included", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(unescapeXml(escapeXml(text))).toBe(text);
    }),
  );
});
