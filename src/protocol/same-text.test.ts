import { expect, it } from "vitest";
import { sameText } from "./same-text.ts";

it.each([
  ["", "", true],
  ["abc", "abc", true],
  ["abc", "abd", false],
  ["abc", "ab", false],
  ["é", "é", true],
  // Cut to eight bits these two would be one.
  ["A", "\u0141", false],
])("compares %j and %j: %s", (expected, given, same) => {
  expect(sameText(expected, given)).toBe(same);
});
