import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../architecture/sources.ts";
import { commandPath } from "./command.ts";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// What every command has in common: where it prints, in which form, and what happens when it cannot.

let live: LiveServer;

beforeAll(async () => {
  live = await startLiveServer();
  await live.run(["cp", "-", live.uri("a.txt")], { input: "hello" });
});

afterAll(() => live.stop());

const commands = [
  ["cat", "a.txt"],
  ["ls"],
  ["ls", "--json"],
  ["head", "a.txt"],
  ["exists", "--json", "a.txt"],
  ["presign", "a.txt"],
  ["config", "explain"],
  ["config", "env"],
  ["cp", "a.txt", "-"],
  ["--help"],
  ["ls", "--help"],
  ["--version"],
];

/** Runs it with file descriptors in the place of its outputs; answers what came through a pipe. */
async function runInto(args: readonly string[], outputs: { stdout?: number; stderr?: number }) {
  const source = args[0] === "cp" ? ["cp", live.uri("a.txt"), "-"] : args;
  const child = spawn(process.execPath, [commandPath, ...source], {
    cwd: live.folder,
    env: { PATH: process.env["PATH"], HOME: live.folder, ...live.env },
    stdio: ["ignore", outputs.stdout ?? "pipe", outputs.stderr ?? "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text };
}

const full = () => openSync("/dev/full", "w");

describe.runIf(existsSync("/dev/full"))("an output that cannot be written", () => {
  it.each(commands.map((args) => [args.join(" "), args]))(
    "is said in words: %s",
    async (_name, args) => {
      const { code, text } = await runInto(args, { stdout: full() });
      expect(code).toBe(74);
      expect(text).toContain("Standard output cannot be written: no space is left");
      expect(text).not.toMatch(/\n\s+at /);
      if (!args.includes("--json")) return;
      expect(records(text)).toMatchObject([{ type: "error", code: "OutputFailure" }]);
    },
  );

  it("is said of other causes too, such as a file that is open for reading only", async () => {
    const { code, text } = await runInto(["ls"], { stdout: openSync("/dev/null", "r") });
    expect({ code, text }).toMatchObject({ code: 74, text: expect.stringContaining("EBADF") });
  });

  it("stops no work when it is that of errors and notes", async () => {
    expect(await runInto(["exists", "a.txt"], { stderr: full() })).toEqual({ code: 0, text: "" });
    expect((await runInto(["exists", "none"], { stderr: full() })).code).toBe(3);
    expect((await runInto(["head", "none"], { stderr: full() })).code).toBe(3);
    expect((await runInto(["nope"], { stderr: full(), stdout: full() })).code).toBe(2);
  });
});

describe("options of everywhere", () => {
  it.each([
    [["--json", "ls"], '"type":"object"'],
    [["--bucket", "sms-e2e-bucket", "cat", "a.txt"], "hello"],
    [["--json", "config", "explain"], '"type":"settings"'],
    [["config", "--json", "explain"], '"type":"settings"'],
    [["--no-color", "--quiet", "exists", "--json", "a.txt"], '"exists":true'],
  ])("may stand before the command: %j", async (args, text) => {
    const result = await live.run(args);
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain(text);
  });

  it("behind the command beat those before it", async () => {
    const result = await live.run(["--bucket", "no-such-bucket", "ls", "--bucket", live.bucket]);
    expect(result.code).toBe(0);
  });
});

async function lines(...args: string[]) {
  const { stdout, stderr } = await live.run([...args, "--json"]);
  return [...records(stdout), ...records(stderr)];
}

describe("--json", () => {
  it("has a type on every line, each of which docs/json.md explains", async () => {
    const dataFolder = join(live.folder, "x");
    const found = (
      await Promise.all([
        lines("ls"),
        lines("ls", "-r", "--summarize", "--limit", "1"),
        lines("head", "a.txt"),
        lines("exists", "a.txt"),
        lines("presign", "a.txt"),
        lines("presign", "none"),
        lines("cp", live.uri("a.txt"), live.uri("folder/b.txt")),
        lines("rm", "none"),
        lines("rm", "-r", "--dry-run", "folder"),
        lines("plan"),
        lines("verify"),
        lines("config", "explain"),
        lines("config", "env"),
        lines("fsck", "--data-dir", dataFolder),
        lines("nope"),
      ])
    ).flat();
    const explained = readFileSync(join(root, "docs", "json.md"), "utf8");
    const types = new Set(found.map(({ type }) => String(type)));
    for (const type of types) expect(explained).toContain(`| \`${type}\` |`);
    expect(types.size).toBeGreaterThan(10);
  });

  it.each([
    [["ls", "--recursiv"], "unknown option '--recursiv'", "Did you mean --recursive?"],
    [["lss"], "unknown command 'lss'", "Did you mean ls?"],
    [["help", "lss"], "unknown command 'lss'", "Did you mean ls?"],
    [["lss", "--help"], "unknown command 'lss'", "Did you mean ls?"],
    [["cp", "x"], "missing required argument 'target'", "--help"],
    [[], "No command is given.", "--help"],
  ])("makes mistakes of usage JSON as well: %j", async (args, message, remedy) => {
    const result = await live.run([...args, "--json"]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(records(result.stderr)).toMatchObject([
      {
        type: "error",
        code: "UsageError",
        message,
        remedy: expect.stringContaining(remedy),
      },
    ]);
  });

  it("prints keys alone in the example of ls, and warns of a listing that was cut", async () => {
    await live.run(["cp", "-", live.uri("keys/1")], { input: "x" });
    await live.run(["cp", "-", live.uri("keys/2")], { input: "x" });
    const whole = await live.run(["ls", "-r", "--json", live.uri("keys/")]);
    expect(records(whole.stdout).map(({ key }) => key)).toEqual(["keys/1", "keys/2"]);
    const cut = await live.run(["ls", "-r", "--json", "--limit", "1", live.uri("keys/")]);
    expect(records(cut.stderr)).toMatchObject([{ type: "warning" }]);
  });
});
