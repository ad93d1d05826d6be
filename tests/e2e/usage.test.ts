import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../src/cli/command-list.ts";
import { ownCommand, runCommand } from "./command.ts";
import { records } from "./live-server.ts";

// What needs no server: help, wrong usage, colours, forms of output.

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/sms-usage-`);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand(args, { cwd: folder, env });
/** Not those that only scripts run. */
const shown = commands.filter(({ hidden }) => hidden !== true);
const leaves = shown.flatMap(({ name, subcommands }) =>
  subcommands === undefined ? [[name]] : subcommands.map((child) => [name, child.name]),
);

describe("help", () => {
  it.each(leaves.map((words) => [words.join(" "), words]))(
    "of %s has an example",
    async (name, words) => {
      const result = await run([...words, "--help"]);
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result.stdout).toContain(`Usage: sms-storage ${name}`);
      expect(result.stdout).toContain(`sms-storage ${name}`);
      expect(result.stdout.split("Examples:")[1]).toContain("sms-storage");
      expect(result.stdout).toContain("--json");
    },
  );

  it("lists every command and exit code", async () => {
    const { stdout, code } = await run(["--help"]);
    expect(code).toBe(0);
    for (const { name } of shown) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    expect(stdout).toMatch(/^ +3 {2}what was named does not exist: an object, a bucket, a role$/m);
  });

  it("tells the version", async () => {
    expect((await run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("wrong usage ends with 2 and suggests", () => {
  it.each([
    [["cpp"], "Did you mean cp?"],
    [["ls", "--recursiv"], "Did you mean --recursive?"],
    [["config", "explan"], "Did you mean explain?"],
    [["cp", "only-one"], "missing required argument 'target'"],
    [["rm"], "missing required argument 'place'"],
    [["exists", "a", "b"], "too many arguments"],
    [["audit", "s3://lab", "--bucket", "other"], "--bucket names other, and s3://lab another."],
    [["doctor", "s3://lab", "--bucket", "other"], "Name one of the two."],
    [["doctor", "s3://lab/key"], "names an object, not a bucket"],
    [["teardown", "s3://lab", "--bucket", "other"], "Name one of the two."],
    [["rb", "s3://lab", "--bucket", "other"], "Name one of the two."],
    [["ls", "--limit", "0"], "1 or more"],
    [["server", "--port", "99999"], "0 to 65535"],
    [["plan", "--test-days", "x"], "whole number"],
    [["cp"], `(${ownCommand} cp --help shows how it is used)`],
    [["config", "explian"], `(${ownCommand} config --help shows how it is used)`],
    [["list"], `(${ownCommand} --help lists the commands)`],
    [[], "Usage: sms-storage"],
  ])("%j", async (args, text) => {
    const result = await run(args, {
      STORAGE_S3_BUCKET: "lab-bucket",
      STORAGE_S3_REGION: "us-west-2",
    });
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(text);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});

describe("output", () => {
  const nowhere = [
    "ls",
    "--bucket",
    "lab-bucket",
    "--endpoint-url",
    "http://127.0.0.1:1",
    "--retry-seconds",
    "0",
  ];
  const keys = { STORAGE_S3_ACCESS_KEY_ID: "AKIAX", STORAGE_S3_SECRET_ACCESS_KEY: "s".repeat(40) };

  it.each([{}, { NO_COLOR: "1" }, { TERM: "dumb" }])(
    "has no colours without a terminal: %j",
    async (env) => {
      const { stderr, code } = await run(nowhere, { ...keys, ...env });
      expect(code).toBe(75);
      expect(stderr).toContain("error:");
      expect(stderr).not.toContain("\u001b");
    },
  );

  it("has errors as JSON on stderr with --json, and stdout for results alone", async () => {
    const result = await run([...nowhere, "--json"], keys);
    expect(result).toMatchObject({ code: 75, stdout: "" });
    expect(records(result.stderr)).toEqual([
      expect.objectContaining({
        type: "error",
        code: "Unavailable",
        operation: "ListObjectsV2",
        retryable: true,
        remedy: expect.stringContaining("Nothing listens"),
      }),
    ]);
  });

  it("never shows a secret", async () => {
    const { stderr } = await run(nowhere, { ...keys, SMS_STORAGE_DEBUG: "1" });
    expect(stderr).not.toContain("s".repeat(40));
  });
});

describe("what nothing caught", () => {
  it.each([
    ["an exception", "throw new Error('boom')"],
    ["a rejection", "Promise.reject(new Error('boom'))"],
  ])("%s ends with 1 and words, and its stack comes when asked for", async (_, fault) => {
    const later = `setTimeout(() => { ${fault} }, 500)`;
    const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(later)}"` };
    const args = ["server", "--data-dir", "data", "--port", "0"];
    const result = await run(args, env);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^error: boom\n {2}next: .*SMS_STORAGE_DEBUG=1.*\n$/m);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    const traced = await run(args, { ...env, SMS_STORAGE_DEBUG: "1" });
    expect(traced.code).toBe(1);
    expect(traced.stderr).toMatch(/\n\s+at /);
  });
});
