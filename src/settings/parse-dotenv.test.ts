import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDotenv } from "./parse-dotenv.ts";

const valuesOf = (text: string) =>
  Object.fromEntries(parseDotenv(text).entries.map(({ name, value }) => [name, value]));

describe("values of a .env file", () => {
  it.each([
    ["A=1", "1"],
    ["export A=1", "1"],
    ["export\tA = 1 ", "1"],
    ["  A=1", "1"],
    ["A=", ""],
    ["A= # note", ""],
    ["A=a # note", "a"],
    ["A=a#b", "a#b"],
    ["A=a b", "a b"],
    ["A=x=y", "x=y"],
    ['A="a # b"', "a # b"],
    ['A="a" # note', "a"],
    ['A="a\\nb\\\\n\\"c"', 'a\nb\\n"c'],
    ["A='a\\nb'", "a\\nb"],
    ["A='it\\'s'", "it's"],
    ['A="two\nlines"', "two\nlines"],
    ["A=${HOME}", "${HOME}"],
    ["A=1\r\nB=2", "1"],
    ["\uFEFFA=1", "1"],
    ["A=1\nA=2", "2"],
  ])("%j", (text, value) => {
    const parsed = parseDotenv(text);
    expect(parsed.problems).toEqual([]);
    expect(valuesOf(text)["A"]).toBe(value);
  });

  it("says on which line each name stands, also after a value of several lines", () => {
    const { entries } = parseDotenv('# head\r\nA=1\r\n\r\nB="x\r\ny"\r\nexport C=3\r\n');
    expect(entries.map(({ name, line }) => [name, line])).toEqual([
      ["A", 2],
      ["B", 4],
      ["C", 6],
    ]);
  });

  it.each([
    ['A="open', '"open', "not closed"],
    ['A="a"b', '"a"b', "after the closing quote"],
  ])("keeps %j as it stands and says why", (text, value, problem) => {
    const { entries, problems } = parseDotenv(`${text}\nB=2`);
    expect(entries.map((entry) => entry.value)).toEqual([value, "2"]);
    expect(problems).toEqual([{ line: 1, message: expect.stringContaining(problem) }]);
  });

  it("names lines that assign nothing", () => {
    expect(parseDotenv("# x\n\nSTORAGE_S3_BUCKET: b\n").problems).toEqual([
      { line: 3, message: "is not NAME=value" },
    ]);
  });

  it("ends on any text, its entries in order and within it", () => {
    const pieces = fc.constantFrom(
      "A",
      "=",
      '"',
      "'",
      "\\",
      "\n",
      "\r\n",
      "#",
      " ",
      "export ",
      "x",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const text = parts.join("");
        let from = 0;
        for (const { start, end } of parseDotenv(text).entries) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(end).toBeLessThanOrEqual(text.length);
          from = end;
        }
      }),
    );
  });
});
