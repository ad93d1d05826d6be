import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileArnTokens, compileTokens, matchesPattern, tokensOf } from "./wildcard.ts";

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
    ["*a?c*", "abab😀c-", false],
    ["*b?c*", "abab😀c-", true],
    [`*a${"?".repeat(31)}b${"?".repeat(40)}c*`, `xa${"-".repeat(31)}b${"-".repeat(40)}c`, true],
    [`*a${"?".repeat(31)}b${"?".repeat(40)}c*`, `xa${"-".repeat(31)}b${"-".repeat(39)}cc-`, true],
    [`*a${"?".repeat(31)}b${"?".repeat(40)}c*`, `xa${"-".repeat(30)}b${"-".repeat(41)}c`, false],
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

it.each([
  ["*a?é*", "a😀é", true],
  ["*é?a*", "é😀a", true],
  ["*a?\u0001*", "ab\u0001", true],
  ["*a?\u0001*", "abc", false],
  ["*a?b*", "acccb", false],
])("%s on a long text that ends in %s: %s", (pattern, end, expected) => {
  expect(matchesPattern(pattern, "x".repeat(5000) + end)).toBe(expected);
});

describe("a long text against a long pattern", () => {
  // Place by place it would outlast any time limit.
  it.each([
    ["any characters behind a star", `*${"?".repeat(400_000)}b*`],
    ["any characters behind a star at the end", `*${"?".repeat(400_000)}b`],
    ["a gap behind any characters", `*${"?".repeat(400_000)}a?b*`],
    ["a gap and any characters behind it", `*a?b${"?".repeat(400_000)}*`],
  ])("%s", (_, pattern) => {
    const text = "a".repeat(1_000_000);
    expect(matchesPattern(pattern, text)).toBe(false);
    const fitting = pattern.replaceAll("*", "a").replaceAll("?", "c");
    expect(matchesPattern(pattern, fitting)).toBe(true);
  });

  it.each([
    ["gaps behind a star", `*${"a?".repeat(5000)}b*`],
    ["gaps at the end", `*${"a?".repeat(5000)}b`],
  ])("%s", (_, pattern) => {
    const matches = compileTokens(tokensOf(pattern));
    const text = "a".repeat(32 * 1024);
    expect(matches(text)).toBe(false);
    expect(matches(`${text}b`)).toBe(true);
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
