import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { type Fence, findFences, readPages } from "./fences.ts";
import { pages, ranLanguages } from "./pages.ts";
import { readIni, readJson, readYaml } from "./read-data.ts";
import { readBlocks } from "./snippets.ts";

// Each block of code of each page is checked by somebody: run where it can be (snippets.test.ts), read by the
// program that it is for, or at least parsed.

/** Languages that are not checked here, and why. */
const unchecked: Readonly<Record<string, string>> = {
  python: "read where Python is at hand: tests/interop/document-python.test.ts",
  nginx: "part of a configuration, which nginx alone can read",
};

const texts = readPages();
const fences = [...texts].flatMap(([path, page]) => findFences(path, page));

/** Blocks that snippets.test.ts runs, by the place of their first line, and what it sees them print. */
const ran = new Set(
  Object.entries(pages).flatMap(([path, { languages = ranLanguages }]) =>
    readBlocks(texts.get(path) ?? "")
      .filter(({ language }) => languages.includes(language))
      .flatMap(({ line, prints }) => [
        placeOf(path, line),
        ...(prints === undefined ? [] : [`${path} prints ${prints}`]),
      ]),
  ),
);

function placeOf(path: string, line: number): string {
  return `${path}:${line}`;
}

/** By language: what is wrong with a block, undefined where nothing is. Some throw it. */
const checks: Readonly<Record<string, (fence: Fence) => string | undefined>> = {
  ts: isRun,
  js: isRun,
  mjs: isRun,
  text: ({ path, text }) =>
    ran.has(`${path} prints ${text}`) ? undefined : "is no output of a block that is run",
  sh: parseShell,
  json: readJson,
  yaml: readYaml,
  ini: readIni,
};

function isRun({ path, line }: Fence): string | undefined {
  return ran.has(placeOf(path, line + 1)) ? undefined : "is not run: see tests/docs/pages.ts";
}

function parseShell({ text }: Fence): string | undefined {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
  return status === 0 ? undefined : stderr;
}

function problemOf(fence: Fence): readonly string[] {
  const { path, line, language } = fence;
  const check = checks[language];
  if (check === undefined && unchecked[language] !== undefined) return [];
  try {
    const problem = check === undefined ? `"${language}" is checked by nobody` : check(fence);
    return problem === undefined ? [] : [`${placeOf(path, line)} ${problem}`];
  } catch (error) {
    return [`${placeOf(path, line)} ${String(error)}`];
  }
}

it("every block of every page is run, read or parsed", () => {
  expect(fences.length).toBeGreaterThan(280);
  expect(fences.flatMap(problemOf)).toEqual([]);
});

it("what is left unchecked is still there", () => {
  const languages = new Set(fences.map(({ language }) => language));
  expect(Object.keys(unchecked).filter((language) => !languages.has(language))).toEqual([]);
});

it.each([
  ["ts", "nothing();"],
  ["js", "nothing();"],
  ["text", "of nothing"],
  ["sh", "if true; then"],
  ["json", "{ a: 1 }"],
  ["yaml", "a: [1"],
  ["yaml", "a: 1\na: 2"],
  ["ini", "STORAGE_S3_BUCKETS=x"],
  ["ini", "[profile a]\nregion"],
  ["rust", "fn main() {}"],
  ["", "without a language"],
])("a block of %s is refused where it is wrong: %j", (language, text) => {
  const [problem] = problemOf({ path: "docs/setup.md", line: 1, language, text });
  expect(problem).toMatch(/^docs\/setup\.md:1 ./);
});

it.each([
  ["docs/faults.md", "json", '{ "rules": [{ "fault": "slow-dawn" }] }'],
  ["docs/findings/D01.md", "json", '{ "Effect": "Allow", "Resource": "KMS_KEY" }'],
  ["docs/findings/D22.md", "json", '{ "Effect": "Permit", "Principal": "*" }'],
  ["docs/setup.md", "yaml", "version: 1\nbuckets: x"],
])("what %s shows is read by the program that it is for", (path, language, text) => {
  expect(problemOf({ path, line: 1, language, text })).toHaveLength(1);
});
