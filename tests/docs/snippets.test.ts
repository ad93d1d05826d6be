import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { resolveSettings } from "../../src/settings/resolve-settings.ts";
import { startTestServer, type TestServer } from "../../src/testing/start-test-server.ts";
import { root } from "../architecture/sources.ts";
import { type PageNeeds, pages, ranLanguages } from "./pages.ts";
import { compilePrograms, runPage } from "./run-pages.ts";
import { type Block, endMark, pastedFiles, programOf, readBlocks } from "./snippets.ts";

// The code of the documents: compiled as a user's, run against an embedded server, and what it prints compared.

const documents = Object.entries(pages).map(([path, needs]) => {
  const languages = needs.languages ?? ranLanguages;
  const all = readBlocks(readFileSync(join(root, path), "utf8"));
  const blocks = all.filter(({ language }) => languages.includes(language));
  return { path, needs, blocks, name: path.replaceAll(/[/.]/g, "-"), program: programOf(blocks) };
});

/** What the compiler says, by the lines of the pages. */
let complaints: readonly string[];

beforeAll(async () => {
  const programs = new Map(documents.map(({ name, program }) => [name, program.text]));
  const said = await compilePrograms(programs, "pages");
  complaints = said
    .split("\n")
    .filter((line) => line.includes("error"))
    .map(placeOf);
}, 120_000);

it("the code of the documents compiles", () => expect(complaints).toEqual([]));

it("the code of a guide compiles as a reader pastes it, too", { timeout: 120_000 }, async () => {
  const guides = documents.filter(({ path }) => path.startsWith("docs/"));
  const pasted = new Map(
    guides.flatMap(({ path, blocks }) =>
      [...pastedFiles(path.slice(0, -3), blocks)].map(([name, program]) => [
        name,
        { path, program },
      ]),
    ),
  );
  expect(pasted.size).toBeGreaterThan(guides.length);
  const texts = new Map([...pasted].map(([name, { program }]) => [name, program.text]));
  const said = await compilePrograms(texts, "pasted");
  const errors = said.split("\n").filter((line) => line.includes("error"));
  expect(
    errors.map((line) => {
      const [, name = "", at = "0"] = /(docs\/.+)\.ts\((\d+),/.exec(line) ?? [];
      const { path, program } = pasted.get(name) ?? {};
      return `${path}:${program?.origins[Number(at) - 1]}${line.replace(/^[^:]*/, "")}`;
    }),
  ).toEqual([]);
});

describe.each(documents)("$path", ({ needs, blocks, name }) => {
  it("runs, and prints what it says", { timeout: 60_000 }, async () => {
    const { exitCode, output, errors } = await runOnServer(name, needs);
    const printed = outputs(blocks, output);
    const said = blocks.map(({ prints }) => prints);
    expect([exitCode, exitCode === 0 ? "" : errors]).toEqual([0, ""]);
    expect(printed.length).toBe(blocks.length);
    const compared = printed.map((text, index) => withDots(text, said[index]));
    expect(compared).toEqual(said);
  });
});

/** A complaint of the compiler with the place in the page. */
function placeOf(line: string): string {
  const [, name, at = "0"] = /([^/]+)\.ts\((\d+),/.exec(line) ?? [];
  const page = documents.find((document) => document.name === name);
  return `${page?.path}:${page?.program.origins[Number(at) - 1]}${line.replace(/^[^:]*/, "")}`;
}

async function runOnServer(name: string, { files, objects = {}, versioned, server }: PageNeeds) {
  await using running = await startTestServer({ bucket: "lab-results", ...server });
  if (versioned === true) await keepVersions(running);
  for (const [key, text] of Object.entries(objects)) {
    await running.service.uploadBytes(text, key);
  }
  return await runPage(name, { environment: running.env, ...(files && { files }) });
}

async function keepVersions({ env, bucket }: TestServer): Promise<void> {
  const { admin } = await openBucketAdmin(
    resolveSettings({ flags: {}, environment: env }).settings,
  );
  await admin.put(bucket, "versioning", "Enabled");
  admin.close();
}

/** What each block printed, as far as they ran. */
function outputs(blocks: readonly Block[], output: string): readonly string[] {
  const printed: string[] = [];
  let rest = output;
  for (const [index, { notRun }] of blocks.entries()) {
    if (notRun !== undefined) {
      printed.push("");
      continue;
    }
    const end = rest.indexOf(endMark(index));
    if (end === -1) break;
    printed.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end + endMark(index).length);
  }
  return printed;
}

/** The text with `...` in the places where the wanted one has it; nothing where nothing is wanted. */
function withDots(text: string, wanted: string | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  const lines = text.split("\n");
  const patterns = wanted.split("\n");
  if (lines.length !== patterns.length) return text;
  return lines
    .map((line, index) => (fits(line, patterns[index] ?? "") ? patterns[index] : line))
    .join("\n");
}

function fits(line: string, pattern: string): boolean {
  const parts = pattern.split("...").map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(line);
}
