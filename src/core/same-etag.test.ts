import { expect, it } from "vitest";
import { sameEtag } from "./same-etag.ts";

it.each([
  ['"abc"', '"abc"', true],
  ['"abc"', "abc", true],
  ['W/"abc"', '"abc"', true],
  ['"abc"', '"abd"', false],
  ["", "", false],
])("%s and %s: %s", (left, right, same) => {
  expect(sameEtag(left, right)).toBe(same);
});
