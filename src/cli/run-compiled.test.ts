import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** Of the last build: the processes of these tests know no TypeScript. */
const built = new URL("../../dist/cli/run-compiled.js", import.meta.url).href;
let folder: string;
let cache: string;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "sms-compiled-"));
  cache = join(folder, "cache");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function writeBundle(path: string, stamp: string, body: string): void {
  const head = `// ${stamp.repeat(64)}\n(function (require, __filename, importModule) {`;
  fs.writeFileSync(path, `${head} ${body}; })\n`);
}

/** Writes a bundle of this stamp and runs it in a process of its own; what it printed. */
function run(stamp: string, says: string, ...args: readonly string[]): string {
  const bundle = join(folder, "x.bundle.js");
  const body = `void importModule("node:fs").then(({ writeSync }) => writeSync(1, "${says}"))`;
  writeBundle(bundle, stamp, body);
  const script = `
    const { runCompiled } = await import(${JSON.stringify(built)});
    runCompiled(${JSON.stringify(bundle)}, ${JSON.stringify(cache)}, ${JSON.stringify(args)});`;
  const words = ["--input-type=module", "--eval", script];
  return execFileSync(process.execPath, words, { encoding: "utf8" });
}

/** Changes one bit in the middle. */
function damage(file: string): void {
  const bytes = fs.readFileSync(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  fs.writeFileSync(file, bytes);
}

function kept(): string[] {
  return fs.existsSync(cache) ? fs.readdirSync(cache) : [];
}

it("keeps the compiled code for this user alone, and one version of it", () => {
  expect(run("a", "one")).toBe("one");
  const [first = ""] = kept();
  expect(first).toMatch(/^x\.bundle\.js-a{32}-v\d/);
  expect(fs.statSync(join(cache, first)).mode & 0o777).toBe(0o600);
  expect(run("b", "two")).toBe("two");
  expect(kept()).toEqual([first.replace("a".repeat(32), "b".repeat(32))]);
});

it("takes the code that was kept", () => {
  run("a", "one");
  const [file = ""] = kept();
  const before = fs.statSync(join(cache, file));
  // V8 goes by the length: the old code shows that it was taken.
  expect(run("a", "two")).toBe("one");
  expect(fs.statSync(join(cache, file)).mtimeMs).toBe(before.mtimeMs);
});

it("keeps code of its own for each command, and once more when it is called in another way", () => {
  run("a", "one", "ls", "s3://b/");
  expect(kept()).toHaveLength(1);
  const file = join(cache, kept()[0] ?? "");
  expect(file).toMatch(/-ls$/);
  const inode = (): number => fs.statSync(file).ino;
  const first = inode();
  expect(run("a", "two", "ls", "s3://c/d")).toBe("one");
  expect(inode()).toBe(first);
  expect(run("a", "two", "ls", "-r", "s3://b/")).toBe("one");
  const second = inode();
  expect(second).not.toBe(first);
  run("a", "two", "ls", "s3://b/");
  run("a", "two", "ls", "-r", "s3://b/");
  expect(inode()).toBe(second);
  expect(run("a", "two", "cp", "../x", "s3://b/")).toBe("two");
  expect(kept().map((name) => name.split("-").at(-1))).toEqual(["cp", "ls"]);
});

it("keeps code of no more ways than sixteen", () => {
  for (let ways = 1; ways <= 17; ways += 1) run("a", "one", "ls", ...Array(ways).fill("-r"));
  const file = join(cache, kept()[0] ?? "");
  expect(fs.readFileSync(file, "latin1")).toContain(Array(16).fill("-r").join(" "));
  expect(fs.readFileSync(file, "latin1")).not.toContain(Array(17).fill("-r").join(" "));
});

it.each([
  ["others may have written", (file: string) => fs.chmodSync(file, 0o622)],
  ["is damaged", damage],
  ["is cut off", (file: string) => fs.truncateSync(file, 3)],
  ["is something else", (file: string) => fs.writeFileSync(file, "not code")],
  ["is a folder", (file: string) => (fs.rmSync(file), fs.mkdirSync(file))],
])("takes no code that %s", (_, spoil) => {
  run("a", "one");
  spoil(join(cache, kept()[0] ?? ""));
  expect(run("a", "two")).toBe("two");
});

it("keeps the code of a server before it ends, however it ends", () => {
  const bundle = join(folder, "x.bundle.js");
  // Ends, with a failure, once there is something in the cache.
  const body =
    "void importModule('node:fs').then((fs) => setInterval(() => {" +
    `try { if (fs.readdirSync(${JSON.stringify(cache)}).some((name) => name.endsWith("-server"))) process.exit(3) }` +
    " catch {} }, 5))";
  writeBundle(bundle, "a", body);
  const script = `
    const { runCompiled } = await import(${JSON.stringify(built)});
    runCompiled(${JSON.stringify(bundle)}, ${JSON.stringify(cache)}, ["server"], { lateMs: 1 });`;
  const words = ["--input-type=module", "--eval", script];
  const { status } = spawnSync(process.execPath, words, { timeout: 20_000 });
  expect(status).toBe(3);
  expect(kept()).toHaveLength(1);
});

/** Runs a server until it may change V8's flags, or for a time; what it says of that. */
function serve(options: string): string {
  const bundle = join(folder, "x.bundle.js");
  const body = `void importModule("node:fs").then((fs) => {
    const end = (text) => { fs.writeSync(1, text); process.exit(); };
    setInterval(() => { if (globalThis.told !== undefined) end(globalThis.told); }, 5);
    setTimeout(() => end("never"), 1000); })`;
  writeBundle(bundle, "a", body);
  const script = `
    const { setFlagsFromString } = await import("node:v8");
    const { runCompiled } = await import(${JSON.stringify(built)});
    let hasBegun = false;
    const onServer = () => {
      setFlagsFromString("--interrupt-budget=16000");
      globalThis.told = hasBegun ? "late" : "at once";
    };
    const options = { lateMs: 200, ...${options}, onServer };
    runCompiled(${JSON.stringify(bundle)}, ${JSON.stringify(cache)}, ["server"], options);
    hasBegun = true;`;
  const words = ["--input-type=module", "--eval", script];
  return execFileSync(process.execPath, words, { encoding: "utf8" });
}
const file = (): string => join(cache, kept()[0] ?? "");
const isOfWork = (): boolean => fs.readFileSync(file(), "latin1").includes(" at work");

describe("a server", () => {
  it("changes V8's flags once its code at work is kept, which is taken all the same", () => {
    expect(serve("{ workedMs: 0 }")).toBe("late");
    expect(isOfWork()).toBe(true);
    const { ino } = fs.statSync(file());
    expect(serve("{ workedMs: 0 }")).toBe("at once");
    expect(fs.statSync(file()).ino).toBe(ino);
  });

  it("keeps its code at the start, and once more at work", () => {
    expect(serve("{ workedMs: 1e6 }")).toBe("never");
    expect(isOfWork()).toBe(false);
    const { ino } = fs.statSync(file());
    expect(serve("{ workedMs: 1e6 }")).toBe("never");
    expect(fs.statSync(file()).ino).toBe(ino);
    expect(serve("{ workedMs: 0 }")).toBe("late");
    expect(isOfWork()).toBe(true);
  });

  it("keeps what a start needs also when it has not run for many collections", () => {
    const bundle = join(folder, "x.bundle.js");
    // Large buffers, for which V8 collects as it does in a server; a call of gc() gives up no code.
    const body = `const start = () => { const x = "only at the start"; return x.length; };
      start();
      const fill = (count) => {
        for (let index = 0; index < 4; index += 1) globalThis.large = new ArrayBuffer(2 ** 24);
        if (count > 0) setTimeout(fill, 2, count - 1);
        else setTimeout(() => {}, 4000);
      };
      fill(60)`;
    writeBundle(bundle, "a", body);
    const script = `
      const { runCompiled } = await import(${JSON.stringify(built)});
      const onServer = () => process.exit();
      const options = { lateMs: 3000, workedMs: 0, onServer };
      runCompiled(${JSON.stringify(bundle)}, ${JSON.stringify(cache)}, ["server"], options);`;
    execFileSync(process.execPath, ["--input-type=module", "--eval", script]);
    expect(isOfWork()).toBe(true);
    // A text of a function is in the code that is kept of it, and nowhere else.
    expect(fs.readFileSync(file(), "latin1")).toContain("only at the start");
  });

  it("that ends before has its code kept, and taken at its next start", () => {
    expect(serve("{ lateMs: 60_000 }")).toBe("never");
    const { ino } = fs.statSync(file());
    expect(serve("{ lateMs: 60_000 }")).toBe("never");
    expect(fs.statSync(file()).ino).toBe(ino);
  });

  it("does not wait for ever for work", () => {
    expect(serve("{ workedMs: 1e6, startKnownMs: 0 }")).toBe("late");
    expect(isOfWork()).toBe(false);
  });

  it("changes them also where nothing can be kept", () => {
    fs.writeFileSync(cache, "a file");
    expect(serve("{ workedMs: 0 }")).toBe("late");
  });
});

it("runs where nothing can be kept", () => {
  fs.writeFileSync(cache, "a file");
  expect(run("a", "one")).toBe("one");
  expect(fs.readFileSync(cache, "utf8")).toBe("a file");
});
