import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileArnTokens, matchesPattern, tokensOf } from "./wildcard.ts";

describe("matchesPattern", () => {
  it.each([
    ["a*c", "abbc", true],
    ["a*c", "abbcd", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["*", "", true],
    ["**", "a/b", true],
    ["a*b*c", "aXbYbZc", true],
    ["?", "😀", true],
    ["??", "😀", false],
    ["*?", "😀", true],
    ["*??", "😀", false],
    ["*?b", "😀b", true],
    ["a*bc?", "abcbcd", true],
    ["ab*ba", "aba", false],
    ["[a]", "a", false],
    [".*", "xx", false],
  ])("%s on %s: %s", (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it("agrees with a regular expression on any text", () => {
    const symbols = fc.array(fc.constantFrom("a", "b", "😀", "*", "?"), { maxLength: 12 });
    const texts = fc.array(fc.constantFrom("a", "b", "😀"), { maxLength: 12 });
    fc.assert(
      fc.property(symbols, texts, (pattern, text) => {
        const regex = pattern.map((s) => (s === "*" ? ".*" : s === "?" ? "." : s)).join("");
        const expected = new RegExp(`^${regex}$`, "su").test(text.join(""));
        expect(matchesPattern(pattern.join(""), text.join(""))).toBe(expected);
      }),
    );
  });

  it("a hostile pattern ends", () => {
    // Tried out star by star it would outlast any time limit.
    expect(matchesPattern(`${"*a".repeat(500)}b`, "a".repeat(1024))).toBe(false);
  });
});

describe("ARN patterns are compared part by part", () => {
  it.each([
    ["arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a:b/c", true],
    ["arn:*:role/x", "arn:aws:iam::1:role/x", false],
    ["arn:*:iam::*:role/x", "arn:aws-us-gov:iam::1:role/x", true],
    ["*", "arn:aws:iam::1:role/x", true],
    ["arn:aws:iam::1:role/*:*", "arn:aws:iam::1:role/a:b", true],
    ["arn:aws:iam::1:*", "arn:aws:iam::1:role/a:b", true],
    ["arn:aws:iam:*", "arn:aws:iam::1:role/x", false],
    ["arn:?:iam::1:x", "arn::iam::1:x", false],
  ])("%s on %s: %s", (pattern, arn, expected) => {
    expect(compileArnTokens(tokensOf(pattern))(arn)).toBe(expected);
  });
});
