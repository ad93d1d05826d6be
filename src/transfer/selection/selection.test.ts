import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readKeyPattern } from "./key-pattern.ts";
import { Selection, type SelectionRule } from "./selection.ts";

function rules(...words: readonly string[]): Selection {
  return new Selection({ rules: words.map(rule) });
}

/** `+*.tsv` or `-tmp/`. */
function rule(word: string): SelectionRule {
  return { kind: word.startsWith("+") ? "include" : "exclude", pattern: word.slice(1) };
}

describe("the order of rules", () => {
  it.each([
    [[], "a", true],
    [["-*.log"], "a.log", false],
    [["-*.log"], "a.tsv", true],
    [["+*.tsv"], "a.tsv", true],
    [["+*.tsv"], "a.log", false],
    [["-*", "+*.tsv"], "x/a.tsv", true],
    [["-*", "+*.tsv"], "x/a.log", false],
    [["+*.tsv", "-*"], "a.tsv", false],
    [["+*.tsv", "-tmp/"], "tmp/a.tsv", false],
    [["+*.tsv", "-tmp/"], "a/tmp/a.tsv", true],
    [["+*.tsv", "-**/tmp/"], "a/tmp/a.tsv", false],
  ])("%j on %s: %s", (words, path, expected) => {
    expect(rules(...words).acceptsPath(path)).toBe(expected);
  });
});

describe("limits", () => {
  const modified = new Date("2026-11-01T00:00:00Z");
  const item = { path: "a", sizeBytes: 100, modified };
  it.each([
    [{ largerThanBytes: 99 }, true],
    [{ largerThanBytes: 100 }, false],
    [{ smallerThanBytes: 101 }, true],
    [{ smallerThanBytes: 100 }, false],
    [{ newerThan: new Date("2026-10-31T00:00:00Z") }, true],
    [{ newerThan: modified }, false],
    [{ olderThan: new Date("2026-11-02T00:00:00Z") }, true],
    [{ olderThan: modified }, false],
    [{ largerThanBytes: 99, olderThan: modified }, false],
    [{ largerThanBytes: 99, rules: [rule("-a")] }, false],
  ])("%j: %s", (wishes, expected) => {
    const selection = new Selection(wishes);
    expect(selection.accepts(item)).toBe(expected);
    expect(selection.isAll).toBe(false);
  });
});

it("narrows the listing to what its includes share", () => {
  expect(rules("+exp-1/*", "+exp-2/*").prefix).toBe("exp-");
  expect(rules("+exp-1/*", "-exp-1/tmp/").prefix).toBe("exp-1/");
  expect(rules("+exp-1/*", "-logs/").prefix).toBe("exp-1/");
  expect(rules("-*", "+exp-1/*").prefix).toBe("");
  expect(rules("+😀*", "+😁*").prefix).toBe("");
  expect(Selection.all.prefix).toBe("");
  expect(Selection.all.isAll).toBe(true);
});

it("leaves out no folder in which something is selected", () => {
  const word = fc.constantFrom(
    "+*.t",
    "-*.t",
    "-b/",
    "+b/",
    "-**/b/",
    "+a/*",
    "-*",
    "+*",
    "+a/b/x",
    "-a?",
  );
  const folder = fc.constantFrom("", "a/", "b/", "a/b/", "ab/");
  const name = fc.constantFrom("x", "x.t", "b/x.t", "a/x");
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), folder, name, (words, under, rest) => {
      const selection = rules(...words);
      fc.pre(selection.acceptsPath(under + rest));
      expect(selection.mayAcceptBelow(under)).toBe(true);
      expect((under + rest).startsWith(selection.prefix)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(rules("-.git/").mayAcceptBelow(".git/")).toBe(false);
  expect(rules("-.git/", "+.git/config").mayAcceptBelow(".git/")).toBe(true);
  expect(rules("+a/*").mayAcceptBelow("b/")).toBe(false);
});

it("reads the pattern of a place", () => {
  expect(readKeyPattern("exp-1/out.tsv")).toBeUndefined();
  expect(readKeyPattern("exp-1/seed=*/out.tsv")).toMatchObject({
    prefix: "exp-1/seed=",
    root: "exp-1/",
  });
  expect(readKeyPattern("*")).toMatchObject({ prefix: "", root: "" });
  expect(readKeyPattern("exp-*/")?.matches("exp-1/a/b")).toBe(true);
  expect(readKeyPattern("exp-?")?.matches("exp-1/a")).toBe(false);
  expect(readKeyPattern("exp-?", true)?.matches("exp-1/a")).toBe(true);
  expect(readKeyPattern("exp-?", true)?.matches("exp-1")).toBe(true);
});
