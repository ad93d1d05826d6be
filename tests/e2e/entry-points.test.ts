import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { root } from "../architecture/sources.ts";

const url = (path: string) => pathToFileURL(join(root, "dist", path)).href;

function output(program: string): string {
  const args = ["--input-type=module", "--eval", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}

/** Runs in Node's thread of loaders; writes the address of each file that is loaded. */
const loader = `import { writeSync } from "node:fs";
export const load = (url, context, next) => {
  if (url.startsWith("file:")) writeSync(1, url + "\\n");
  return next(url, context);
};`;

const loadedBy = (work: string): readonly string[] =>
  output(`import { register } from "node:module";
register("data:text/javascript," + encodeURIComponent(${JSON.stringify(loader)}));
${work}`)
    .trim()
    .split("\n")
    .map((line) => line.replace(/^.*\/(?=node_modules\/|dist\/)/, ""));

const start = `const { startTestServer } = await import(${JSON.stringify(url("testing/index.js"))});`;

test.each([
  ["index.js"],
  ["entries/setup.js"],
  ["entries/server.js"],
  ["testing/index.js"],
  ["testing/contract/index.js"],
])("%s is few files, and no package", (entry) => {
  const loaded = loadedBy(`await import(${JSON.stringify(url(entry))});`);
  expect(loaded).toContain(`dist/${entry}`);
  // What is imported late lies apart, and what it shares with an entry in files of its own.
  expect(loaded.length).toBeLessThan(13);
  expect(loaded.filter((file) => file.startsWith("node_modules/"))).toEqual([]);
});

test.each([["index"], ["entries/setup"], ["entries/server"], ["testing/index"]])(
  "%s exports what it is written to export",
  async (entry) => {
    const built = output(
      `console.log(Object.keys(await import(${JSON.stringify(url(`${entry}.js`))})).join());`,
    );
    const source = (await import(join(root, "src", `${entry}.ts`))) as object;
    expect(built.trim().split(",")).toEqual(Object.keys(source).toSorted());
  },
);

test("a test's server loads neither the SDK nor what reads YAML", () => {
  const world = `{ version: 1, accounts: { "111122223333": { users: { alice: {} } } } }`;
  const loaded = loadedBy(`${start} await (await startTestServer({ world: ${world} })).close();`);
  expect(loaded).toContain("dist/testing/index.js");
  const heavy = /^node_modules\/(@aws-sdk|@smithy|yaml)\//;
  expect(loaded.filter((file) => heavy.test(file))).toEqual([]);
});

test("errors of a test's server are those that the library exports", () => {
  const said = output(`${start}
const { StorageError } = await import(${JSON.stringify(url("index.js"))});
const server = await startTestServer();
const failure = await server.service.getModifiedDate("none").catch((error) => error);
console.log(failure instanceof StorageError, failure.code);
await server.close();`);
  expect(said).toBe("true NotFound\n");
});
