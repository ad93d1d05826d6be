import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IdentitiesFile } from "../../src/server/identities/identities-file.ts";
import { testCredentials } from "../../src/testing/test-credentials.ts";
import { type CommandResult, runCommand, startCommand, waitForText } from "./command.ts";

/** What `server --json` says when it answers. */
interface Listening {
  readonly endpoint: string;
  readonly adminEndpoint: string;
  readonly identitiesFile: string;
}

let folder: string;
let running: ChildProcess;
let listening: Listening;

const portOf = (url: string) => new URL(url).port;
const run = (...args: string[]): Promise<CommandResult> => runCommand(args, { cwd: folder });
const server = (...flags: string[]) => run("server", ...flags);

/** What it says of a mistake of usage: on standard error alone, and no trace of where in the code. */
async function refusalOf(...flags: string[]): Promise<string> {
  const { code, stderr, stdout } = await server("--ephemeral", ...flags);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).not.toMatch(/\n\s+at |node:|undefined|\[object/);
  return stderr;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-bad-server-"));
  const place = ["--data-dir", "data", "--port", "0", "--admin-port", "0"];
  running = startCommand(["server", "--json", ...place, "--personality", "qumulo"], {
    cwd: folder,
  });
  listening = JSON.parse(await waitForText(running, "}\n")) as Listening;
});
afterAll(async () => {
  running.kill("SIGINT");
  await once(running, "exit");
  await rm(folder, { recursive: true, force: true });
});

describe("server --faults says what is wrong with its file, and does not start:", () => {
  it.each([
    ["no JSON", "{ rules", ["is no JSON"]],
    ["no fault", '{"rules":[{"fault":"slow"}]}', ["rule 1 asks for slow", "Use one of: slow-down"]],
    [
      "a word that no rule has",
      '[{"fault":"slow-down","opertions":[]}]',
      ["has opertions", "Did you mean operations?"],
    ],
    ["a rate", '[{"fault":"slow-down","rate":7}]', ["rule 1 has rate 7", "from 0 to 1"]],
    ["a parameter", '[{"fault":"latency","ms":-1}]', ["rule 1 has ms -1", "from 0 to 300000"]],
    [
      "an operation that it cannot strike",
      '[{"fault":"lost-answer","operations":["GetObject"]}]',
      ["rule 1 cannot strike GetObject"],
    ],
    [
      "the administrator's port",
      '[{"fault":"latency"},{"fault":"slow-down","operations":["readyz"]}]',
      ["rule 2 would strike readyz", "are never struck"],
    ],
    ["a seed", '{"seed":"x","rules":[]}', ["has seed x", "whole number"]],
    ["its size", " ".repeat(1_048_577), ["has 1048577 bytes; 1048576 are allowed"]],
  ])("%s", async (name, text, words) => {
    const file = `${name.replaceAll(/\W+/g, "-")}.json`;
    await writeFile(join(folder, file), text);
    const said = await refusalOf("--port", "0", "--faults", file);
    for (const word of [file, ...words]) expect(said).toContain(word);
  });

  it("a file that is not there, and a folder", async () => {
    const flags = ["--port", "0", "--faults"];
    expect(await refusalOf(...flags, "none.json")).toContain(
      "none.json cannot be read: there is no",
    );
    await mkdir(join(folder, "a-folder"));
    expect(await refusalOf(...flags, "a-folder")).toContain(
      "a-folder cannot be read: it is a folder",
    );
  });
});

describe("a second server", () => {
  it("on the port of another one names the port and the flag", async () => {
    const port = portOf(listening.endpoint);
    const said = await refusalOf("--port", port);
    expect(said).toContain(`Port ${port} on 127.0.0.1 is already in use.`);
    expect(said).toContain("choose another port with --port;");
  });

  it("on the operators' port of another one names that flag", async () => {
    const port = portOf(listening.adminEndpoint);
    const said = await refusalOf("--port", "0", "--admin-port", port);
    expect(said).toContain(`Port ${port} on 127.0.0.1 is already in use.`);
    expect(said).toContain("choose another port with --admin-port;");
  });

  it("with one port for both is told so", async () => {
    const said = await refusalOf("--port", "9407", "--admin-port", "9407");
    expect(said).toContain("Port 9407 on 127.0.0.1 cannot be that of S3 and that for operators.");
  });

  it("on the folder of another one names who has it, and leaves it alone", async () => {
    const { code, stderr, stdout } = await server("--data-dir", "data", "--port", "0");
    expect(stderr).toMatch(/data\/store is in use by process \d+/);
    expect(stderr).toContain("--data-dir");
    expect({ code, stdout }).toEqual({ code: 6, stdout: "" });
    expect((await fetch(`${listening.adminEndpoint}/readyz`)).status).toBe(200);
  });
});

describe("on a server that plays Qumulo, which lists no versions,", () => {
  it.each([
    [["versions", "k"]],
    [["ls", "--versions", "s3://sims/"]],
    [["restore", "k"]],
    [["cat", "k", "--as-of", "2026-01-01"]],
  ])("%j says so and what works without them", async (args) => {
    const identities = JSON.parse(
      await readFile(join(folder, listening.identitiesFile), "utf8"),
    ) as IdentitiesFile;
    const { accessKeyId, secretAccessKey } = testCredentials(identities).admin;
    const env = {
      STORAGE_BACKEND: "qumulo",
      STORAGE_QUMULO_BUCKET: "sims",
      STORAGE_QUMULO_ENDPOINT_URL: listening.endpoint,
      STORAGE_QUMULO_ACCESS_KEY_ID: accessKeyId,
      STORAGE_QUMULO_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const made = await runCommand(["mb", "s3://sims"], { cwd: folder, env });
    expect([0, 6]).toContain(made.code);
    const refused = await runCommand(args, { cwd: folder, env });
    expect(refused.stderr).toContain("has no ListObjectVersions");
    expect(refused.stderr).toContain("The store lists no versions");
    expect(refused.code).not.toBe(0);
  });
});
