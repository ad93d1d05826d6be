import * as fc from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../testing-fixtures/any-text.ts";
import { decodeMetadataText, encodeMetadataText } from "./metadata-text.ts";

it.each([
  ["=?UTF-8?Q?caf=C3=A9_au_lait?=", "café au lait"],
  ["=?utf-8?b?Y2Fmw6k=?=", "café"],
  ["=?UTF-8?Q?caf=C3=A9?= =?UTF-8?Q?_noir?=", "café noir"],
  ["a =?UTF-8?Q?b?= c", "a b c"],
  ["=?ISO-8859-1?Q?caf=E9?=", "=?ISO-8859-1?Q?caf=E9?="],
  ["1 =? 2", "1 =? 2"],
])("reads %s", (value, text) => {
  expect(decodeMetadataText(value)).toBe(text);
});

it("sends ASCII as it is and the rest as one word", () => {
  expect(encodeMetadataText("plain ?=")).toBe("plain ?=");
  expect(encodeMetadataText("café")).toBe("=?UTF-8?B?Y2Fmw6k=?=");
});

it("brings back every text that is no encoded word itself", () => {
  const text = anyText.filter((value) => !value.includes("=?"));
  fc.assert(
    fc.property(text, (value) => {
      expect(decodeMetadataText(encodeMetadataText(value))).toBe(value);
    }),
  );
});
