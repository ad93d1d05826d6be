import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arnGlobMatches, compileGlob, globMatches, matchesPattern } from "./wildcard.ts";

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
    ["[a]", "a", false],
    [".*", "xx", false],
  ])("%s on %s: %s", (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it("agrees with a regular expression on any text", () => {
    const symbols = fc.array(fc.constantFrom("a", "b", "/", "*", "?"), { maxLength: 12 });
    const texts = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 12 });
    fc.assert(
      fc.property(symbols, texts, (pattern, text) => {
        const regex = pattern.map((s) => (s === "*" ? ".*" : s === "?" ? "." : s)).join("");
        const expected = new RegExp(`^${regex}$`, "s").test(text.join(""));
        expect(matchesPattern(pattern.join(""), text.join(""))).toBe(expected);
      }),
    );
  });

  it("a hostile pattern ends", () => {
    // Tried out star by star it would outlast any time limit.
    expect(matchesPattern(`${"*a".repeat(500)}b`, "a".repeat(1024))).toBe(false);
  });
});

describe("variables", () => {
  const values: Record<string, string> = { "aws:username": "jane", "aws:userid": "A*" };
  const resolve = (key: string) => values[key];
  it.each([
    ["home/${aws:username}/*", "home/jane/x", true],
    ["home/${aws:username}/*", "home/joe/x", false],
    ["${aws:userid}", "A*", true],
    ["${aws:userid}", "AB", false],
    ["${*}", "*", true],
    ["${*}", "x", false],
    ["${?}${$}", "?$", true],
    ["${aws:absent, 'all'}/x", "all/x", true],
    ["$", "$", true],
    ["${open", "${open", true],
  ])("%s on %s: %s", (pattern, text, expected) => {
    const glob = compileGlob(pattern, resolve);
    expect(glob).toBeDefined();
    expect(globMatches(glob ?? [], text)).toBe(expected);
  });

  it("one without a value leaves no pattern at all", () => {
    expect(compileGlob("x/${aws:absent}", resolve)).toBeUndefined();
  });

  it("without a resolver they are plain text", () => {
    expect(globMatches(compileGlob("${aws:username}") ?? [], "${aws:username}")).toBe(true);
  });
});

describe("ARN patterns are compared part by part", () => {
  it.each([
    ["arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a:b/c", true],
    ["arn:*:role/x", "arn:aws:iam::1:role/x", false],
    ["arn:*:iam::*:role/x", "arn:aws-us-gov:iam::1:role/x", true],
    ["*", "arn:aws:iam::1:role/x", true],
  ])("%s on %s: %s", (pattern, arn, expected) => {
    expect(arnGlobMatches(compileGlob(pattern) ?? [], arn)).toBe(expected);
  });
});
