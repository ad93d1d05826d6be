import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { readSources, root } from "../architecture/sources.ts";
import { compilePrograms } from "./run-pages.ts";
import { programOfExamples, readExamples } from "./examples.ts";

// Every @example of a docstring compiles as a user's code does, against the built package.

/** What stands around examples: modules, and things that their readers have already. */
const context = `
import type { FileService, ObjectStore } from "sms-api-storage";
import type { TestServer } from "sms-api-storage/testing";
import type { ContractSubject } from "sms-api-storage/testing/contract";
export { createWriteStream } from "node:fs";
export { pipeline } from "node:stream/promises";
export { parquetReadObjects } from "hyparquet";
export * as zarr from "zarrita";
export { describe, it, beforeAll, afterAll } from "vitest";
export declare const files: FileService;
export declare const store: ObjectStore;
export declare const server: TestServer;
export declare const openOurs: () => Promise<ContractSubject>;
`;
const around = ["createWriteStream", "pipeline", "parquetReadObjects", "zarr", "describe", "it"];
const given = ["beforeAll", "afterAll", "files", "store", "server", "openOurs"];

/** The values that built modules export, by a program of their own, as a user's. */
function exportsOf(modules: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const program = `const found = {};
for (const name of ${JSON.stringify(modules)}) found[name] = Object.keys(await import(name));
console.log(JSON.stringify(found));`;
  const args = ["--input-type=module", "--eval", program];
  return JSON.parse(
    execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }),
  ) as Record<string, string[]>;
}

it("the examples of the docstrings compile", { timeout: 120_000 }, async () => {
  const modules = ["", "/setup", "/server", "/testing", "/testing/contract"].map(
    (entry) => `sms-api-storage${entry}`,
  );
  const vocabulary = new Map([...around, ...given].map((name) => [name, "./context.js"]));
  for (const [module, names] of Object.entries(exportsOf(modules))) {
    for (const name of names) if (!vocabulary.has(name)) vocabulary.set(name, module);
  }
  const sources = [...readSources()]
    .filter(([path]) => !path.endsWith(".test.ts"))
    .map(([path, source]) => ({ path, examples: readExamples(source) }))
    .filter(({ examples }) => examples.length > 0)
    .map(({ path, examples }) => ({
      path,
      name: path.replaceAll(/[/.]/g, "-"),
      count: examples.length,
      ...programOfExamples(examples, vocabulary),
    }));
  expect(sources.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(55);
  const programs = new Map(sources.map(({ name, text }) => [name, text]));
  const said = await compilePrograms(programs.set("context", context), "examples");
  const complaints = said
    .split("\n")
    .filter((line) => line.includes("error"))
    .map((line) => {
      const [, name, at = "0"] = /([^/]+)\.ts\((\d+),/.exec(line) ?? [];
      const source = sources.find((one) => one.name === name);
      const place = `${source?.path ?? name}:${source?.origins[Number(at) - 1] ?? at}`;
      return `${place}${line.replace(/^[^:]*/, "")}`;
    });
  expect(complaints).toEqual([]);
});
