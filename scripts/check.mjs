// @ts-check
// `npm run check`: everything about the code that is not a test. Runs all of it, then says what failed.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { requireNode } from "./node-version.mjs";
import { installIfNeeded, localTool, root, step, tryRun } from "./prepare.mjs";

/** What a user of the published package does first. */
const usage = `
import { StorageError, openStorage } from "sms-api-storage";
import { startTestServer } from "sms-api-storage/testing";
if (typeof openStorage !== "function" || !(new StorageError("Unknown", "x") instanceof Error)) throw new Error("entry");
const server = await startTestServer();
await server.service.uploadBytes(new TextEncoder().encode("packed"), "a.txt");
const back = await server.service.getFileContents("a.txt");
if (new TextDecoder().decode(back) !== "packed") throw new Error("round trip");
await server.close();
console.log("The packed package works: import, test server, round trip.");
`;

/** The same by who has CommonJS: every entry, and one class of errors for all. */
const requiredUsage = `
const { StorageError, createFileService } = require("sms-api-storage");
const setup = require("sms-api-storage/setup");
const server = require("sms-api-storage/server");
const { createMemoryStore } = require("sms-api-storage/testing");
const { contractCases } = require("sms-api-storage/testing/contract");
if (typeof createFileService(createMemoryStore()).write !== "function") throw new Error("service");
if (typeof setup.plan !== "function" || typeof server.startServer !== "function") throw new Error("entries");
if (setup.StorageError !== StorageError || server.StorageError !== StorageError) throw new Error("errors");
if (contractCases.length === 0) throw new Error("cases");
console.log("All entries can be required.");
`;

/** And what one does who wants the client alone: the server says what it lacks. */
const usageOfClient = `
import { FileServiceS3 } from "sms-api-storage";
import { startTestServer } from "sms-api-storage/testing";
if (typeof FileServiceS3 !== "function") throw new Error("entry");
const failure = await startTestServer().catch((error) => error);
if (!/lmdb, which is not installed/.test(failure.message)) throw new Error("started", { cause: failure });
console.log("Without its optional dependencies the packed package has a client and no native code.");
`;

/** What the compiler of a careful consumer reads, by the oldest TypeScript that is meant to. */
const typedUsage = `
import { createFileService, FileServiceS3, getSettings, openObjectStore, openStorage } from "sms-api-storage";
import type { Credentials, FileService, ObjectStore } from "sms-api-storage";
const keys = (): Promise<Credentials> => Promise.resolve({ accessKeyId: "a", secretAccessKey: "b" });
const files: FileService = new FileServiceS3({ credentials: keys });
const store: ObjectStore = await openObjectStore(getSettings(), { bucket: "b" });
for await (const item of files.list("")) console.log(item.Key, item.Size);
const { body } = await files.read("a", { range: { first: 0, last: 5 } });
for await (const chunk of body) console.log(chunk.byteLength);
await files[Symbol.asyncDispose]();
console.log(store, openStorage, createFileService);
`;

/** Set-up and checks are read without Node's types as well. */
const typedSetupUsage = `
import { apply, audit, doctor, drift, explain, plan, teardown, verify } from "sms-api-storage/setup";
import type { BucketWish, SetupPlan } from "sms-api-storage/setup";
const wish: BucketWish = { bucket: "b", lifecycle: { testDays: 3 }, versioning: "unmanaged" };
const made: SetupPlan = await plan(wish, { timeoutMs: 1000 });
const { succeeded } = await apply(made, { backupFolder: "backups" });
const { findings } = await audit("b");
console.log(succeeded, findings[0]?.remedy?.text, verify, drift, doctor, explain, teardown);
`;

/** The entries for tests hold a server, so that their types need Node's. */
const typedTestUsage = `
import { createFileService } from "sms-api-storage";
import { createMemoryStore } from "sms-api-storage/testing";
import { contractCases } from "sms-api-storage/testing/contract";
import { startServer } from "sms-api-storage/server";
import type { FileService } from "sms-api-storage";
console.log((await startServer({ port: 0, ephemeral: true })).endpoint);
const inMemory: FileService = createFileService(createMemoryStore());
console.log(inMemory.bucket, contractCases.length);
`;
const quietly = ["--silent", "--no-audit", "--no-fund", "--prefer-offline"];
/** The oldest that is meant to read the types, the last of its kind, and the newest, which checks the sources. */
const compilers = ["5.4.5", "5.9.3", "7.0.2"];

requireNode();
installIfNeeded();

const node = process.execPath;
const { name: packageName, version: packageVersion } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
/** @type {[string, () => number | Promise<number>][]} */
const checks = [
  // First: what stands beside src/ has its types from it.
  ["build", () => tryRun(node, ["scripts/build.mjs"])],
  ["format (oxfmt)", () => tryRun(node, [localTool("oxfmt", "bin/oxfmt"), "--check"])],
  [
    "lint (oxlint)",
    () => tryRun(node, [localTool("oxlint", "bin/oxlint"), "--type-aware", "--deny-warnings"]),
  ],
  ["types (tsc)", () => tryRun(node, [localTool("typescript", "bin/tsc"), "-p", "."])],
  ["dead code (knip)", () => tryRun(node, [localTool("knip", "bin/knip.js")])],
  [
    "exports used by tests alone (knip)",
    () => {
      const knip = localTool("knip", "bin/knip.js");
      return tryRun(node, [knip, "--production", "--include", "files,exports"]);
    },
  ],
  ["the site of the documents, every link of it", () => tryRun(node, ["scripts/docs.mjs"])],
  ["package (publint)", () => tryRun(node, [localTool("publint", "src/cli.js"), "--strict"])],
  [
    "types as consumers see them (attw)",
    () =>
      tryRun(node, [
        localTool("@arethetypeswrong/cli", "dist/index.js"),
        "--pack",
        ".",
        "--profile",
        "esm-only",
      ]),
  ],
  ["the packed package, installed and used", () => usePackedPackage(usage, [])],
  [
    "the packed package without its optional dependencies",
    () => usePackedPackage(usageOfClient, ["--omit=optional"]),
  ],
  ["examples/vitest, copied and run with the packed package", runVitestExample],
  [`types as TypeScript ${compilers.join(", ")} see them, libraries checked`, compilePackedPackage],
  ["a bundle of the client is free of the server", bundleClient],
];

const failed = [];
for (const [name, check] of checks) {
  step(name);
  if ((await check()) !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join("; ")}`);
  process.exitCode = 1;
} else {
  console.log(`\nAll ${checks.length} checks passed.`);
}

/** As its README says it. */
function runVitestExample() {
  const folder = mkdtempSync(join(tmpdir(), "sms-example-"));
  try {
    cpSync(join(root, "examples", "vitest"), folder, { recursive: true });
    const steps = [
      () => pack(folder),
      () => tryRun("npm", ["install", ...quietly], { cwd: folder }),
      () => tryRun("npm", ["test"], { cwd: folder }),
    ];
    return steps.every((run) => run() === 0) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * With Node's types as Node finds modules, and all but the entries that hold a server with those of a
 * browser alone, as bundlers find them.
 */
function compilePackedPackage() {
  const aliases = compilers.map((version) => `typescript-${version}@npm:typescript@${version}`);
  return inPackedPackage([...aliases, "@types/node@20.19.0"], (folder) => {
    const files = ["use.ts", "use-setup.ts"];
    writeFileSync(join(folder, "use.ts"), typedUsage);
    writeFileSync(join(folder, "use-setup.ts"), typedSetupUsage);
    writeFileSync(join(folder, "use-servers.ts"), typedTestUsage);
    const fixed = { strict: true, noEmit: true, target: "es2022" };
    const node20 = {
      module: "node16",
      moduleResolution: "node16",
      lib: ["es2022"],
      types: ["node"],
    };
    const bundled = { module: "esnext", moduleResolution: "bundler" };
    const browser = { ...bundled, lib: ["es2022", "dom", "dom.asynciterable"], types: [] };
    writeFileSync(
      join(folder, "node.json"),
      JSON.stringify({
        compilerOptions: { ...fixed, ...node20 },
        files: [...files, "use-servers.ts"],
      }),
    );
    writeFileSync(
      join(folder, "browser.json"),
      JSON.stringify({ compilerOptions: { ...fixed, ...browser }, files }),
    );
    return compilers.every((version) => {
      const compiler = join(folder, "node_modules", `typescript-${version}`, "bin", "tsc");
      return ["node.json", "browser.json"].every(
        (config) => tryRun(node, [compiler, "-p", config], { cwd: folder }) === 0,
      );
    })
      ? 0
      : 1;
  });
}

/** What a bundler makes of a program that uses the client: what is loaded at its start is the client's alone. */
async function bundleClient() {
  const { rolldown } = await import("rolldown");
  const entry = join(root, "dist", "index.js");
  const bundle = await rolldown({
    input: entry,
    platform: "node",
    external: (name) => !name.startsWith(".") && !isAbsolute(name),
  });
  const { output } = await bundle.generate({ format: "esm" });
  const chunks = new Map(
    output.flatMap((one) => (one.type === "chunk" ? [[one.fileName, one]] : [])),
  );
  const atStart = new Set([...chunks.values()].filter(({ isEntry }) => isEntry));
  for (const { imports } of atStart) {
    for (const name of imports) {
      const chunk = chunks.get(name);
      if (chunk !== undefined) atStart.add(chunk);
    }
  }
  const text = [...atStart].map(({ code }) => code).join("");
  const foreign = ["lmdb", "identities.json", "ListAccessKeys"];
  const found = foreign.filter((word) => text.includes(word));
  console.log(`${Math.round(text.length / 1024)} KiB are loaded at the start.`);
  if (found.length > 0) console.error(`The server's words are in it: ${found.join(", ")}`);
  return found.length === 0 && text.length < 900 * 1024 ? 0 : 1;
}

/**
 * @param {string} program
 * @param {readonly string[]} installFlags
 */
function usePackedPackage(program, installFlags) {
  return inPackedPackage(installFlags, (folder) => {
    const native = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith(".node"),
    );
    if (installFlags.includes("--omit=optional") && native.length > 0) {
      console.error(`Native code was installed: ${native.join(", ")}`);
      return 1;
    }
    writeFileSync(join(folder, "use.mjs"), program);
    writeFileSync(join(folder, "use.cjs"), requiredUsage);
    if (tryRun(node, ["use.mjs"], { cwd: folder }) !== 0) return 1;
    if (tryRun(node, ["use.cjs"], { cwd: folder }) !== 0) return 1;
    const command = join(folder, "node_modules", packageName, "dist", "cli", "main.js");
    return tryRun(node, [command, "--version"], { cwd: folder });
  });
}

/**
 * A folder in which the packed package is installed, gone afterwards.
 * @param {readonly string[]} installArguments flags, and further packages
 * @param {(folder: string) => number} use
 */
function inPackedPackage(installArguments, use) {
  const folder = mkdtempSync(join(tmpdir(), "sms-pack-"));
  try {
    if (pack(folder) !== 0) return 1;
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
    const tarball = join(folder, `${packageName}-${packageVersion}.tgz`);
    const install = ["install", ...quietly, ...installArguments, tarball];
    if (tryRun("npm", install, { cwd: folder }) !== 0) return 1;
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder where the tarball comes to lie */
function pack(folder) {
  return tryRun("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder]);
}
