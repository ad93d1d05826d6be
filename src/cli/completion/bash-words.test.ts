import { describe, expect, it } from "vitest";
import { bashReply, splitBashLine } from "./bash-words.ts";

describe("splitBashLine", () => {
  it.each([
    ["sms-storage ls ", ["sms-storage", "ls", ""], ""],
    ["a  b", ["a", "b"], "b"],
    ["a b\\ c", ["a", "b c"], "b\\ c"],
    ["a 'b c", ["a", "b c"], "'b c"],
    ['a "b\\"c', ["a", 'b"c'], '"b\\"c'],
    ['a "b\\c" d', ["a", "b\\c", "d"], "d"],
    ["a b'c'\"d\"", ["a", "bcd"], "b'c'\"d\""],
    ["a '' ", ["a", "", ""], ""],
  ])("%j", (line, words, raw) => {
    const split = splitBashLine(line);
    expect(split.words).toEqual(words);
    expect(split.open.raw).toBe(raw);
  });

  it("knows the quote that is open", () => {
    expect(splitBashLine("a 'b").open.quote).toBe("'");
    expect(splitBashLine("a 'b'").open.quote).toBeUndefined();
  });
});

describe("bashReply", () => {
  it.each([
    ["versions", "x ver", "ver", "versions "],
    // bash breaks words at colons.
    ["s3://bkt/", "x s3://b", "//b", "//bkt/"],
    ["s3://bkt/a b.tsv", "x s3://bkt/a", "//bkt/a", "//bkt/a\\ b.tsv "],
    ["s3://bkt/a b.tsv", "x s3://bkt/a\\ b", "//bkt/a\\ b", "//bkt/a\\ b.tsv "],
    ["--profile=dev", "x --profile=d", "d", "dev "],
    ["s3://bkt/$(id)", "x s3://bkt/", "//bkt/", "//bkt/\\$\\(id\\) "],
    ["s3://bkt/ä", "x s3://bkt/", "//bkt/", "//bkt/ä "],
    // The typed word is not how the reply begins.
    ["s3://bkt/a b", "x s3://bkt/'a '", "", undefined],
  ])("%s after %j", (value, line, current, expected) => {
    expect(bashReply(value, splitBashLine(line).open, current)).toBe(expected);
  });
});
