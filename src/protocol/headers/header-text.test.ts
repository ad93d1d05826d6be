import * as fc from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../testing-fixtures/any-text.ts";
import { decodeHeaderText, encodeHeaderText } from "./header-text.ts";

it("is sent with one character per byte", () => {
  expect(encodeHeaderText("ž")).toBe("\u00c5\u00be");
  expect(encodeHeaderText("plain")).toBe("plain");
});

it.each(["\u00ff\u00fe", "caf\u00e9"])("leaves bytes that are not UTF-8 alone: %j", (latin1) => {
  expect(decodeHeaderText(latin1)).toBe(latin1);
});

it("brings every text back, U+FFFD and the byte order mark included", () => {
  expect(decodeHeaderText(encodeHeaderText("\ufeff a\ufffd"))).toBe("\ufeff a\ufffd");
  fc.assert(
    fc.property(anyText, (text) => {
      const sent = encodeHeaderText(text);
      expect(Buffer.from(sent, "latin1")).toEqual(Buffer.from(text, "utf8"));
      expect(decodeHeaderText(sent)).toBe(text);
    }),
  );
});
