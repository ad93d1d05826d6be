import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keyPartOf, namesOfKey, type NameRules } from "./file-names.ts";

const plain: NameRules = { foldsNames: false, isWindows: false };
const every: readonly NameRules[] = [
  plain,
  { foldsNames: true, isWindows: false },
  { foldsNames: false, isWindows: true },
  { foldsNames: true, isWindows: true },
];

function keyOf(names: readonly string[]): string {
  return names
    .map((name, index) => keyPartOf(name, index < names.length - 1) ?? "(no key)")
    .join("");
}

test.each([
  ["runs/1/table.tsv", ["runs", "1", "table.tsv"]],
  ["variant=0/日本/é", ["variant=0", "日本", "é"]],
  ["a//b", ["a", "%", "b"]],
  ["a/", ["a", "%"]],
  ["/a", ["%", "a"]],
  ["../x/./y", ["%2E%2E", "x", "%2E", "y"]],
  [".sms-storage/a", ["%2Esms-storage", "a"]],
  ["100%/a\\b\n", ["100%25", "a%5Cb%0A"]],
])("%j is kept as %j", (key, names) => {
  expect(namesOfKey(key, plain)).toEqual(names);
  expect(keyOf(names)).toBe(key);
});

test("where names are folded, keys that differ are kept apart", () => {
  const rules = { foldsNames: true, isWindows: false };
  expect(namesOfKey("Run/É", rules)).toEqual(["%52un", "%C3%89"]);
  expect(namesOfKey("run/é", rules)).not.toEqual(namesOfKey("run/e\u0301", rules));
});

test("names that nobody of ours has written are no keys", () => {
  expect(keyPartOf("100%", false)).toBeUndefined();
  expect(keyPartOf("%2e", false)).toBeUndefined();
  expect(keyPartOf("%FF", false)).toBeUndefined();
});

const anyKey = fc
  .string({
    unit: fc.constantFrom("a", "Z", "/", ".", "%", "é", "😀", " ", "\\", "\u0001"),
    minLength: 1,
  })
  .chain((text) => fc.constantFrom(text, text.repeat(40), `${"x".repeat(190)}${text}`));

test("any key is found again in its names, which fit a file system", () => {
  fc.assert(
    fc.property(anyKey, fc.constantFrom(...every), (key, rules) => {
      const names = namesOfKey(key, rules);
      expect(keyOf(names)).toBe(key);
      for (const name of names) {
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(240);
        expect(["", ".", ".."]).not.toContain(name);
        expect(name).not.toMatch(/[/\0]/);
      }
    }),
  );
});

test("two keys never share their names, also where names are folded", () => {
  const folding = every.filter(({ foldsNames }) => foldsNames);
  fc.assert(
    fc.property(anyKey, anyKey, fc.constantFrom(...folding), (a, b, rules) => {
      const folded = [a, b].map((key) => namesOfKey(key, rules).join("/").toLowerCase());
      expect(folded[0] === folded[1]).toBe(a === b);
    }),
  );
});
