import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGlob, hasWildcards } from "./glob.ts";

describe("compileGlob", () => {
  it.each([
    ["", "", true],
    ["", "a", false],
    ["a.tsv", "a.tsv", true],
    ["*.tsv", "a/b.tsv", true],
    ["*.tsv", ".tsv", true],
    ["*.tsv", "a.tsv.gz", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["exp-*/out.tsv", "exp-1/seed=2/out.tsv", true],
    ["*b*", "abc", true],
    ["*b*", "ac", false],
    ["*a*b*", "xaxbx", true],
    ["*a*b*", "xbxax", false],
    ["?", "é", true],
    ["?", "𝄞", true],
    ["??", "𝄞", false],
    ["[ab]c", "bc", true],
    ["[!ab]c", "bc", false],
    ["[^ab]c", "/c", true],
    ["[a-c0]", "b", true],
    ["[a-c0]", "-", false],
    ["[]a]", "]", true],
    ["[!]a]", "]", false],
    ["[a-]", "-", true],
    ["[*]", "*", true],
    ["[*]", "a", false],
    ["a[b", "a[b", true],
    ["[]", "[]", true],
    ["a\\*", "a\\b", true],
    ["**", "a/b", true],
    ["**/x", "x", true],
    ["**/x", "a/b/x", true],
    ["**/x", "ax", false],
    ["a/**/x", "a/x", true],
    ["a/**/x", "a/b/c/x", true],
    ["a/**/x", "a/bx", false],
    ["a**/x", "a/x", true],
    ["a**/x", "ax", false],
    ["**/**/x", "x", true],
    ["**/*.pq", "m.pq", true],
    ["a/**", "a/", true],
  ])("%s on %s: %s", (pattern, text, expected) => {
    expect(compileGlob(pattern).matches(text)).toBe(expected);
  });

  it("takes a folder beside folders in the middle for one, none or several", () => {
    const glob = compileGlob("exp-*/**/[0-9]?.pq");
    expect(glob.matches("exp-1/10.pq")).toBe(true);
    expect(glob.matches("exp-1/a/b/10.pq")).toBe(true);
    expect(glob.matches("exp-1/a10.pq")).toBe(false);
  });

  it("answers as a plain search through all ways does", () => {
    const pattern = fc
      .array(fc.constantFrom("a", "b", "/", "*", "**", "**/", "?", "[ab]", "[!a]"), {
        maxLength: 7,
      })
      .map((pieces) => pieces.join(""));
    const text = fc
      .array(fc.constantFrom("a", "b", "/"), { maxLength: 8 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        expect(compileGlob(p).matches(t)).toBe(plainly(p).test(t));
      }),
      { numRuns: 2000 },
    );
  });

  it("knows what all matches begin with", () => {
    expect(compileGlob("exp-1/*.tsv").literalPrefix).toBe("exp-1/");
    expect(compileGlob("exp-1").literalPrefix).toBe("exp-1");
    expect(compileGlob("a/**/x").literalPrefix).toBe("a/");
    expect(compileGlob("a[x").literalPrefix).toBe("a[x");
    expect(compileGlob("*").literalPrefix).toBe("");
  });

  it("reads a hostile text once", () => {
    const glob = compileGlob(`${"*a".repeat(100)}b`);
    expect(glob.matches("a".repeat(4000))).toBe(false);
  });

  it("never says that nothing fits below a folder where something does", () => {
    const pieces = fc.array(fc.constantFrom("a", "b/", "*", "**/", "?", "[ab]"), { maxLength: 6 });
    const folder = fc.constantFrom("", "a/", "b/", "ab/", "a/b/");
    const rest = fc.string({ unit: fc.constantFrom("a", "b", "/"), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(pieces, folder, rest, (parts, start, end) => {
        const glob = compileGlob(parts.join(""));
        const fits = glob.matches(start + end);
        expect(fits && !glob.mayFitBelow(start)).toBe(false);
        expect(!fits && glob.fitsAllBelow(start)).toBe(false);
      }),
      { numRuns: 2000 },
    );
    expect(compileGlob("a/*.tsv").mayFitBelow("b/")).toBe(false);
    expect(compileGlob("a/x.tsv").mayFitBelow("a/x.tsv")).toBe(false);
    expect(compileGlob("**/tmp/*").fitsAllBelow("a/tmp/")).toBe(true);
  });
});

it.each([
  ["a.tsv", false],
  ["a[b", false],
  ["a[b]", true],
  ["a?", true],
  ["*", true],
])("hasWildcards %s: %s", (text, expected) => {
  expect(hasWildcards(text)).toBe(expected);
});

/** The same meaning as a regular expression, which may try out every way. */
function plainly(pattern: string): RegExp {
  const source = pattern.replaceAll(
    /\[(!?)([ab])(b?)\]|(?<=^|\/)(?<!\*)\*\*\/|\*+|\?/g,
    (piece, negation: string, first: string, second: string) => {
      if (piece === "**/") return "(?:.*/)?";
      if (piece.startsWith("*")) return ".*";
      return piece === "?" ? "." : `[${negation === "!" ? "^" : ""}${first}${second}]`;
    },
  );
  return new RegExp(`^${source}$`, "s");
}
