import { findForeignDialect } from "./dialect.ts";

/** One sentence for each breach of the style rules that a machine can see. */
export function findUntidiness(path: string, text: string): string[] {
  const problems: string[] = [];
  const isCode = /\.(ts|mjs)$/.test(path);
  const isTest = path.startsWith("tests/") || path.includes(".test.") || path.startsWith("bench/");
  if (isCode) {
    problems.push(...nameProblems(path), ...lengthProblems(path, text));
    problems.push(...findForeignDialect(path, text));
    if (/\b(TODO|FIXME|XXX)\b/.test(text)) problems.push("an open TODO");
    if (/^export default/m.test(text) && !path.endsWith(".config.ts")) {
      problems.push("a default export");
    }
    if (/\b(it|describe|test)\.(only|skip)\(/.test(text)) problems.push("a skipped or lone test");
  }
  if (path.startsWith("src/") && !isTest && /\bprocess\.exit\(/.test(text)) {
    if (!path.startsWith("src/cli/")) problems.push("process.exit outside cli/");
  }
  problems.push(...foreignTraces(text));
  if (runner.test(text))
    problems.push("a package runner, which may fetch and run a stranger's code");
  if (fromRegistry.test(text))
    problems.push("an install of the package from a registry, which has none");
  return problems.map((problem) => `${path}: ${problem}`);
}

/** In a folder without the package they ask the public registry for its name, and run what is there. */
const runner = /\bnpx\b|\bbunx\b|\b(?:npm|pnpm) (?:exec|x|dlx)\b|\byarn dlx\b/;

/** What stands under the package's name in the public registry is nothing, or a stranger's. */
const fromRegistry =
  /\b(?:npm|pnpm|yarn|bun) (?:i|install|add)\b[^\n#]* sms-api-storage(?=[\s`"'@]|$)/;

function nameProblems(path: string): string[] {
  const problems: string[] = [];
  const parts = path.split("/");
  const name = parts.at(-1) ?? "";
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(ts|mjs)$/.test(name)) {
    problems.push("the file name is not kebab-case");
  }
  const vague = /^(utils?|helpers?|common|misc|manager)(\.|$)/;
  if (parts.some((part) => vague.test(part))) problems.push("a name that says nothing");
  return problems;
}

function lengthProblems(path: string, text: string): string[] {
  const lines = text.split("\n");
  const problems: string[] = [];
  const isProduct = path.startsWith("src/") && !/\.test\.|\/testing-fixtures\//.test(path);
  if (isProduct && lines.length > 351) problems.push(`${lines.length - 1} lines; 350 at most`);
  if (lines.length > 401 && !/over 400 lines/i.test(lines.slice(0, 5).join("\n"))) {
    problems.push(`${lines.length - 1} lines, and no reason at its top ("Over 400 lines: ...")`);
  }
  const wide = lines.findIndex((line) => line.length > 140);
  if (wide !== -1 && path.startsWith("src/") && !path.includes(".test.")) {
    problems.push(`line ${wide + 1} is wider than 140 columns`);
  }
  return problems;
}

/** Paths of one machine and hosts of package registries do not belong in the project. */
function foreignTraces(text: string): string[] {
  const home = /(^|[\s"'`(=])\/(?:root|home\/[a-z]+|work)\//m.exec(text);
  const registry = /registry\.(npmjs|yarnpkg)|files\.pythonhosted|deb\.debian\.org/.exec(text);
  const problems: string[] = [];
  if (home !== null) problems.push("a path of somebody's machine");
  if (registry !== null) problems.push("a host of a package registry");
  return problems;
}
