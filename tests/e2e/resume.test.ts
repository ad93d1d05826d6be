import type { ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { journalLine } from "../../src/transfer/journal/journal-lines.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { type LiveServer, startLiveServer } from "./live-server.ts";

// What is sent twice after a process was killed, counted between client and server.

vi.setConfig({ testTimeout: 120_000 });

const mib = 1024 * 1024;
const partBytes = 8 * mib;
const partsInFlight = 4;
const sizeBytes = 16 * partBytes + 12_345;
const contents = randomBytes(sizeBytes);

let live: LiveServer;
let proxy: FaultProxy;
let env: Record<string, string>;

beforeAll(async () => {
  live = await startLiveServer();
  proxy = await startFaultProxy(live.endpoint);
  env = { ...live.env, STORAGE_S3_ENDPOINT_URL: proxy.endpoint };
  await writeFile(join(live.folder, "large"), contents);
});

afterEach(() => {
  proxy.reset();
  proxy.bytesPerSecond = undefined;
});

afterAll(async () => {
  await proxy.close();
  await live.stop();
});

const journals = () =>
  readdir(join(live.folder, ".local/state/sms-api-storage/transfers")).catch(() => []);
const run = (args: readonly string[]) => live.run(args, { env });
const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** Kills the command once half of the bytes have passed. */
async function killHalfWay(child: ChildProcess): Promise<void> {
  const { counts } = proxy;
  while (counts.sentBytes + counts.receivedBytes < sizeBytes / 2) {
    if (child.exitCode !== null) throw new Error("it ended before it was half done");
    await sleep(5);
  }
  child.kill("SIGKILL");
  await once(child, "close");
}

/** Cut short half way by a kill of the command. */
async function killedCopy(...places: readonly string[]): Promise<void> {
  proxy.bytesPerSecond = 8 * mib;
  await killHalfWay(live.begin(["cp", ...places], env));
  proxy.bytesPerSecond = undefined;
}

describe("after kill -9 of the command half way", () => {
  it("an upload sends again what was in flight at most", async () => {
    await killedCopy("large", live.uri("up"));
    expect(await journals()).toHaveLength(1);
    const again = await run(["cp", "large", live.uri("up")]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toMatch(/going on after \d+\.\d MiB of 128\.0 MiB of an earlier run\./);
    expect(proxy.counts.sentBytes).toBeLessThan(sizeBytes + partsInFlight * partBytes + 64 * 1024);
    expect(await journals()).toEqual([]);
  });

  it("a download fetches again what was in flight at most", async () => {
    await killedCopy(live.uri("up"), "down");
    expect(await journals()).toHaveLength(1);
    const again = await run(["cp", live.uri("up"), "down"]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toMatch(/going on after \d+\.\d MiB of 128\.0 MiB of an earlier run\./);
    expect(proxy.counts.receivedBytes).toBeLessThan(sizeBytes + partsInFlight * partBytes);
    expect(sha(await readFile(join(live.folder, "down")))).toBe(sha(contents));
    expect(await journals()).toEqual([]);
    const left = (await readdir(live.folder)).filter((name) => name.endsWith(".part"));
    expect(left).toEqual([]);
  });

  it("and a change of the source, an upload begins anew and mixes nothing", async () => {
    await killedCopy("large", live.uri("changed"));
    await appendFile(join(live.folder, "large"), "more");
    const again = await run(["cp", "large", live.uri("changed")]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toContain(
      "What an earlier run sent is not used, because the file was changed since; that upload was aborted.",
    );
    await run(["cp", live.uri("changed"), "back"]);
    expect(sha(await readFile(join(live.folder, "back")))).toBe(
      sha(Buffer.concat([contents, Buffer.from("more")])),
    );
  });

  it("and a journal of another version, it begins anew and says so", async () => {
    await killedCopy("large", live.uri("version"));
    const [name = ""] = await journals();
    const file = join(live.folder, ".local/state/sms-api-storage/transfers", name);
    await writeFile(file, journalLine({ format: "sms-api-storage transfer", version: 2 }));
    const again = await run(["cp", "large", live.uri("version")]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toMatch(
      /The journal of an earlier run is not used, because it is of version 2, not 1; see .*\.refused\n/,
    );
    expect(await journals()).toEqual([expect.stringMatching(/\.refused$/)]);
    await rm(join(live.folder, ".local/state/sms-api-storage/transfers"), { recursive: true });
  });

  it("with --no-resume nothing is remembered", async () => {
    proxy.bytesPerSecond = 8 * mib;
    await killHalfWay(live.begin(["cp", "--no-resume", "large", live.uri("forgotten")], env));
    expect(await journals()).toEqual([]);
  });
});

it("after kill -9 before the id of an upload was written down, the next run aborts that upload", async () => {
  const target = live.uri("orphan");
  const uploads = async () => (await run(["uploads", "ls", "--json", target])).stdout;
  proxy.fault = ({ method, url }) =>
    method === "POST" && /[?&]uploads/.test(url) ? "held-answer" : undefined;
  const child = live.begin(["cp", "large", target], env);
  while (proxy.counts.faults["held-answer"] === 0) {
    if (child.exitCode !== null) throw new Error("it ended before it asked for an upload");
    await sleep(5);
  }
  child.kill("SIGKILL");
  await once(child, "close");
  proxy.fault = () => undefined;
  expect(await uploads()).toContain('"key":"orphan"');
  expect(await journals()).toHaveLength(1);
  const again = await run(["cp", "large", target]);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stderr).toContain(
    "An upload that an earlier run began, and sent nothing to, was aborted.",
  );
  expect(await uploads()).not.toContain('"key":"orphan"');
  expect(await journals()).toEqual([]);
  await run(["cp", target, "from-orphan"]);
  expect(sha(await readFile(join(live.folder, "from-orphan")))).toBe(
    sha(await readFile(join(live.folder, "large"))),
  );
});

it("after kill -9 of the server the next run sends again what was in flight at most", async () => {
  proxy.bytesPerSecond = 8 * mib;
  const impatient = ["--retry-seconds", "1", "--idle-seconds", "2"];
  const child = live.begin(["cp", ...impatient, "large", live.uri("crash")], env);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  while (proxy.counts.sentBytes < sizeBytes / 2) await sleep(5);
  proxy.target = "http://127.0.0.1:1";
  const restarted = live.crashAndRestart();
  expect(await once(child, "close")).toEqual([75, null]);
  expect(stderr).toMatch(/Run it again to go on: \d+ parts that were sent are kept/);
  proxy.target = await restarted;
  proxy.bytesPerSecond = undefined;
  const again = await run(["cp", "large", live.uri("crash")]);
  expect(again).toMatchObject({ code: 0 });
  // The attempts that found no server sent parts too, so what is counted here is the second run.
  const kept = Number(/(\d+) parts that were sent/.exec(stderr)?.[1] ?? 0);
  const resumed = Number(/going on after (\d+)\.0 MiB/.exec(again.stderr)?.[1] ?? 0);
  expect(kept).toBeGreaterThan(3);
  expect(resumed).toBe(kept * 8);
});
