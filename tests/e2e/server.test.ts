import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand, startCommand, waitForText } from "./command.ts";

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-server-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const env = () => ({ XDG_DATA_HOME: join(folder, "data") });
const run = (...args: string[]) => runCommand(args, { cwd: folder, env: env() });

function begin(...args: string[]): ChildProcess {
  const child = startCommand(args, { cwd: folder, env: env() });
  children.push(child);
  return child;
}

/** Exactly these bytes, from a client that wants to write into the log. */
async function ask(endpoint: string, path: string): Promise<number> {
  const headers = { "user-agent": "evil\u009b31m agent" };
  const asked = request(`${endpoint}${path}`, { headers });
  asked.end();
  const [answer] = (await once(asked, "response")) as [{ statusCode: number; resume(): void }];
  answer.resume();
  return answer.statusCode;
}

describe("server --log", () => {
  const path = "/bucket/key%0A%1B%5B31m%E2%80%AE";

  it.each([
    ["--json", "--json"],
    ["--json", "--quiet"],
  ])("prints each request as one line of JSON (%s %s)", async (...flags) => {
    const child = begin("server", "--port", "0", "--log", ...flags);
    let log = "";
    child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString("utf8")));
    const { endpoint } = JSON.parse(await waitForText(child, "}\n")) as { endpoint: string };
    expect(await ask(endpoint, path)).toBe(404);
    await expect.poll(() => log).toContain("\n");
    const lines = log.trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(log.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    const entry = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
    expect(entry).toMatchObject({
      type: "request",
      address: "127.0.0.1",
      method: "GET",
      operation: "GetObject",
      bucket: "bucket",
      key: "key\n\u001b[31m\u202e",
      status: 404,
      errorCode: "NoSuchBucket",
      userAgent: expect.stringContaining("evil"),
    });
    expect(Math.abs(Date.parse(String(entry["time"])) - Date.now())).toBeLessThan(600_000);
  });

  it("prints a line of text, also with --quiet, in which no key can write", async () => {
    const child = begin("server", "--port", "0", "--log", "--quiet");
    let log = "";
    child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString("utf8")));
    const printed = await waitForText(child, "identities.json");
    const endpoint = /http:\/\/\S+/.exec(printed)?.[0] ?? "";
    await ask(endpoint, path);
    await expect.poll(() => log).toContain("\n");
    expect(log).toMatch(
      /^\d{4}-\d\d-\d\dT\S+Z 127\.0\.0\.1 - 404 GetObject s3:\/\/bucket\/key\\x0a\\x1b\[31m\\u202e NoSuchBucket \S+ ms \w+\n$/,
    );
  });
});

describe("HTTPS of its own", () => {
  it("start --tls-self-signed sets a bucket up, and its .env leads commands there", async () => {
    const started = begin("start", "--port", "0", "--tls-self-signed");
    const printed = await waitForText(started, "Serving.");
    expect(printed).toMatch(/Ready: https:\/\/127\.0\.0\.1:\d+, bucket/);
    const caFile = join(folder, "data/sms-api-storage/tls/ca.pem");
    expect(printed).toContain(`aws --ca-bundle ${caFile}`);
    expect(await readFile(join(folder, ".env"), "utf8")).toContain(`STORAGE_S3_CA_FILE=${caFile}`);
    const keyFile = join(folder, "data/sms-api-storage/tls/server.pem");
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect((await run("ls")).code).toBe(0);
    expect((await run("config", "env")).stdout).toContain(`AWS_CA_BUNDLE='${caFile}'`);
    started.kill("SIGINT");
    await once(started, "exit");

    // The next start takes the same certificate, so that who trusts its authority goes on.
    const authority = await readFile(caFile, "utf8");
    expect(await run("start", "--port", "0", "--tls-self-signed", "--once")).toMatchObject({
      code: 0,
    });
    expect(await readFile(caFile, "utf8")).toBe(authority);
  });

  it("is read from files, again on SIGHUP; a wrong pair is refused with the reason", async () => {
    const made = await run("start", "--port", "0", "--tls-self-signed", "--once");
    expect(made.code).toBe(0);
    const pair = join(folder, "data/sms-api-storage/tls/server.pem");
    const flags = ["--tls-cert", pair, "--tls-key", pair];
    const child = begin("server", "--port", "0", "--json", ...flags);
    expect(await waitForText(child, "}\n")).toContain('"endpoint":"https://127.0.0.1:');
    child.kill("SIGHUP");
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);

    const wrong = await run("server", "--tls-cert", pair, "--tls-key", join(folder, ".env"));
    expect(wrong.stderr).toContain("The TLS certificate cannot be used");
    expect(wrong.code).toBe(2);
    const missing = await run("server", "--tls-cert", join(folder, "none"), "--tls-key", pair);
    expect(missing.stderr).toContain("The file of --tls-cert cannot be read");
    expect(missing.code).toBe(2);
  });

  it.each([
    [["--tls-cert", "x"], "--tls-cert and --tls-key belong together"],
    [["--tls-self-signed", "--tls-key", "x"], "contradict each other"],
    [["--trusted-proxy", "everybody"], "everybody is no network of proxies"],
    [["--personality", "isilon"], "There is no personality isilon."],
    [["--personality", "qumulo@4"], "Qumulo Core 4 had no complete S3; that came with 5.3.3."],
    [["--overwrite-refusal", "x"], "AWS S3 overwrites objects"],
    [["--max-connections", "0"], "--max-connections 0 is no number of connections"],
  ])("%j is a usage error", async (flags, message) => {
    const refused = await run("server", "--ephemeral", "--port", "0", ...flags);
    expect(refused.stderr).toContain(message);
    expect(refused.code).toBe(2);
  });
});
