import * as fc from "fast-check";
import { expect, it } from "vitest";
import { decodeListedName, encodeListedName } from "./listed-name.ts";
import { anyText } from "./testing-fixtures/any-text.ts";

it.each([
  ["a+b%2Bc%20d", "a b+c d"],
  ["%E6%97%A5/x%3D1", "日/x=1"],
  ["100%", "100%"],
  ["%01%0D", "\u0001\r"],
  ["%FF", "%FF"],
])("reads %j", (raw, text) => {
  expect(decodeListedName(raw)).toBe(text);
});

it("comes back as it was written, with either way to write a space", () => {
  fc.assert(
    fc.property(anyText, (name) => {
      const encoded = encodeListedName(name);
      expect(encoded).toMatch(/^[\w./~%-]*$/);
      expect(decodeListedName(encoded)).toBe(name);
      expect(decodeListedName(encoded.replaceAll("%20", "+"))).toBe(name);
    }),
  );
});
