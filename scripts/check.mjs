// @ts-check
// `npm run check`: everything about the code that is not a test. Runs all of it, then says what failed.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** The entries for tests hold a server, so that their types need Node's. */
const typedTestUsage = `
import { createFileService } from "sms-api-storage";
import { createMemoryStore } from "sms-api-storage/testing";
import { contractCases } from "sms-api-storage/testing/contract";
import type { FileService } from "sms-api-storage";
const inMemory: FileService = createFileService(createMemoryStore());
console.log(inMemory.bucket, contractCases.length);
`;
const quietly = ["--silent", "--no-audit", "--no-fund", "--prefer-offline"];
const oldCompiler = ["typescript@5.4.5", "@types/node@20.11.0"];

requireNode();
installIfNeeded();

const node = process.execPath;
const { name: packageName, version: packageVersion } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
/** @type {[string, () => number][]} */
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
  ["types as TypeScript 5.4 with ES2022 sees them, libraries checked", compilePackedPackage],
];

const failed = [];
for (const [name, check] of checks) {
  step(name);
  if (check() !== 0) failed.push(name);
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

/** With Node's types, and all but the entries for tests with those of a browser alone. */
function compilePackedPackage() {
  return inPackedPackage(oldCompiler, (folder) => {
    writeFileSync(join(folder, "use.ts"), typedUsage);
    writeFileSync(join(folder, "use-in-tests.ts"), typedTestUsage);
    const compiler = join(folder, "node_modules", "typescript", "bin", "tsc");
    const fixed = { strict: true, noEmit: true, module: "nodenext", target: "es2022" };
    const node20 = { lib: ["es2022"], types: ["node"] };
    const browser = { lib: ["es2022", "dom", "dom.asynciterable"], types: [] };
    /** @type {[object, string[]][]} */
    const compilations = [
      [node20, ["use.ts", "use-in-tests.ts"]],
      [browser, ["use.ts"]],
    ];
    return compilations.every(([libraries, files]) => {
      const config = { compilerOptions: { ...fixed, ...libraries }, files };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
      return tryRun(node, [compiler, "-p", "."], { cwd: folder }) === 0;
    })
      ? 0
      : 1;
  });
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
    if (tryRun(node, ["use.mjs"], { cwd: folder }) !== 0) return 1;
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
