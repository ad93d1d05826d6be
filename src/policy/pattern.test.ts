import { describe, expect, it } from "vitest";
import { compilePattern, type Pattern } from "./pattern.ts";
import { compileTokens } from "./wildcard.ts";

function pattern(
  text: string,
  options: { variables?: boolean; wildcards?: boolean } = {},
): Pattern {
  return compilePattern(text, {
    variables: true,
    wildcards: true,
    compile: compileTokens,
    ...options,
  });
}

const values: Record<string, string[]> = {
  "aws:username": ["jane"],
  "aws:userid": ["A*"],
  "aws:calledvia": ["a", "b"],
};
const lookup = (key: string) => values[key];

describe("variables", () => {
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
    ["${AWS:UserName}", "jane", true],
    ["${ aws:username , 'x' }", "jane", true],
    ["${aws:absent, ''}x", "x", true],
    ["${aws:absent, '*'}", "ab", false],
    ["${aws:calledvia}", "a", false],
    ["${aws:calledvia, 'c'}", "c", true],
    ["x/${aws:absent}", "x/", false],
    ["*${aws:absent}", "x", false],
  ])("%s on %s: %s", (text, actual, expected) => {
    expect(pattern(text).matches(actual, lookup)).toBe(expected);
  });

  it("are plain text in a policy without them", () => {
    const plain = pattern("${aws:username}", { variables: false });
    expect(plain.keys).toEqual([]);
    expect(plain.matches("${aws:username}", lookup)).toBe(true);
    expect(plain.matches("jane", lookup)).toBe(false);
  });

  it("tell which keys they ask for", () => {
    expect(pattern("a/${aws:UserId}/${s3:prefix, 'x'}/${*}").keys).toEqual([
      "aws:userid",
      "s3:prefix",
    ]);
  });
});

it("wildcards are plain characters where the operator knows none", () => {
  const plain = pattern("a*?${aws:username}", { wildcards: false });
  expect(plain.matches("a*?jane", lookup)).toBe(true);
  expect(plain.matches("abcjane", lookup)).toBe(false);
});
