import { expect, it } from "vitest";
import { findCommandLines, refusalOf, shellWords } from "./command-lines.ts";
import { readPages } from "./fences.ts";

// Every call of the command that a page shows is one that the command takes: names, options, choices, arguments.

const lines = [...readPages()].flatMap(([path, page]) => findCommandLines(path, page));

it("the command takes every call of it that a page shows", () => {
  expect(lines.length).toBeGreaterThan(200);
  const refused = lines.flatMap((line) => {
    const refusal = refusalOf(line);
    return refusal === undefined
      ? []
      : [`${line.path}:${line.line} ${line.words.join(" ")}: ${refusal}`];
  });
  expect(refused).toEqual([]);
});

const page = [
  "`sms-storage cp` copies, and `sms-storage ls --lang` does not.",
  "| before | `sms-storage cp` |",
  "|---|---|",
  "| `a` | `x \\| sms-storage cat s3://b/k - extra` |",
  "```sh",
  "env A=1 sms-storage rm \\",
  "  's3://b/a b' --yes # for good",
  "echo sms-storage nothing",
  'eval "$(node dist/cli/main.js config env)"',
  "```",
].join("\n");

it("calls are found in sentences, tables and shells, to where they end", () => {
  const found = findCommandLines("a.md", page).map(({ line, words, isName }) => [
    line,
    words.join("+"),
    isName,
  ]);
  expect(found).toEqual([
    [6, "rm+s3://b/a b+--yes", false],
    [9, "config+env", false],
    [1, "cp", true],
    [1, "ls+--lang", true],
    [2, "cp", true],
    [4, "cat+s3://b/k+-+extra", false],
  ]);
});

it.each([
  ["no command", "lst s3://b/", "unknown command"],
  ["no option", "ls --lang s3://b/", "unknown option"],
  ["no choice", "ls --progress much", "Allowed choices"],
  ["no argument", "cp", "missing required argument"],
  ["no value", "server --data-dir", "argument missing"],
  ["no subcommand", "policy shew", "unknown command"],
  ["too much", "whoami me", "too many arguments"],
])("a call with %s is refused: %s", (_what, call, refusal) => {
  expect(refusalOf({ words: shellWords(call), isName: false })).toContain(refusal);
});
