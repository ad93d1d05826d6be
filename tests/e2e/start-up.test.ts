import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { commandPath, runCommand } from "./command.ts";

const built = join(commandPath, "..");
let folder: string;
let server: TestServer;

beforeAll(async () => {
  folder = fs.mkdtempSync(join(tmpdir(), "sms-start-up-"));
  server = await startTestServer();
  await server.service.uploadBytes(new Uint8Array(3), "a/b.txt");
});
afterAll(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Files of JavaScript that a run of the command has loaded, as V8 itself counts them. */
async function loadedBy(...args: readonly string[]): Promise<string[]> {
  const coverage = fs.mkdtempSync(join(folder, "coverage-"));
  const env = { ...server.env, NODE_V8_COVERAGE: coverage };
  const result = await runCommand(args, { cwd: folder, env });
  expect(result).toMatchObject({ code: 0 });
  return fs.readdirSync(coverage).flatMap((file) => {
    const { result: scripts } = JSON.parse(fs.readFileSync(join(coverage, file), "utf8")) as {
      result: readonly { readonly url: string }[];
    };
    return scripts
      .map(({ url }) => (url.startsWith("file:") ? fileURLToPath(url) : url))
      .filter((path) => path.startsWith("/") || /^[a-z]:/i.test(path));
  });
}

it.each([
  ["--version"],
  ["ls", "s3://test-bucket/"],
  ["presign", "s3://test-bucket/a/b.txt"],
  ["exists", "s3://test-bucket/a/b.txt"],
  ["cat", "s3://test-bucket/a/b.txt"],
  ["cp", "s3://test-bucket/a/b.txt", "copy.txt"],
])("%s %s loads the one file of the command, and no package", async (...args) => {
  const loaded = await loadedBy(...args);
  const expected = ["main.js", "code-cache-folder.js", "run-compiled.js"];
  expected.push("shape-of.js", "command.bundle.js");
  expect(loaded.toSorted()).toEqual(expected.map((name) => join(built, name)).toSorted());
});

it.each([
  ["--version"],
  ["ls", "-r", "s3://test-bucket/"],
  ["du", "s3://test-bucket/"],
  ["sync", "s3://test-bucket/a/", "copy"],
  ["diff", "tree", "s3://test-bucket/a/"],
  ["rm", "-r", "--yes", "s3://test-bucket/a/"],
])("%s %s takes what V8 kept of the run before", async (...args) => {
  const home = fs.mkdtempSync(join(folder, "home-"));
  const options = { cwd: folder, env: { ...server.env, XDG_CACHE_HOME: home } };
  const place = join(home, "sms-api-storage");
  const times = (): [string, number][] =>
    fs.readdirSync(place).map((name) => [name, fs.statSync(join(place, name)).mtimeMs]);
  fs.mkdirSync(join(folder, "tree"), { recursive: true });
  fs.writeFileSync(join(folder, "tree/b.txt"), "abc");
  const prepare = () => server.service.uploadBytes(new TextEncoder().encode("abc"), "a/b.txt");
  await prepare();
  expect(await runCommand(args, options)).toMatchObject({ code: 0 });
  const kept = times();
  expect(kept).toHaveLength(1);
  await prepare();
  expect(await runCommand(args, options)).toMatchObject({ code: 0 });
  // What V8 does not take is made and kept anew.
  expect(times()).toEqual(kept);
});

/** Modules of Node's own that a run of the command has loaded. */
async function ownModulesOf(...args: readonly string[]): Promise<ReadonlySet<string>> {
  const script = join(folder, "tell-modules.cjs");
  const list = join(folder, "modules.json");
  fs.writeFileSync(
    script,
    `process.once("exit", () => {
      require("fs").writeFileSync(process.env.MODULE_LIST, JSON.stringify(process.moduleLoadList));
    });`,
  );
  const env = { ...server.env, NODE_OPTIONS: `--require ${script}`, MODULE_LIST: list };
  expect(await runCommand(args, { cwd: folder, env })).toMatchObject({ code: 0 });
  const loaded = JSON.parse(fs.readFileSync(list, "utf8")) as string[];
  return new Set(loaded.map((line) => line.replace("NativeModule ", "")));
}

const slowModules = ["child_process", "http", "https", "tls", "zlib", "perf_hooks"];

it.each([
  [["ls", "s3://test-bucket/"], slowModules],
  [["presign", "s3://test-bucket/b.txt"], slowModules],
  [["--version"], [...slowModules, "stream/web"]],
])("%j does without modules of Node's that take long to load", async (args, unwanted) => {
  await server.service.uploadBytes(new Uint8Array(3), "b.txt");
  const loaded = await ownModulesOf(...args);
  expect(loaded.has("fs")).toBe(true);
  expect(unwanted.filter((module) => loaded.has(module))).toEqual([]);
});

it("loads TLS for a store that is reached by it", async () => {
  const args = [
    "ls",
    "--endpoint-url",
    "https://127.0.0.1:9",
    "--retry-seconds",
    "0",
    "s3://test-bucket/",
  ];
  expect(await runCommand(args, { cwd: folder, env: server.env })).toMatchObject({ code: 75 });
});
