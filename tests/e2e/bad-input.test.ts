import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createS3Store } from "../../src/client/create-s3-store.ts";
import { s3Dialect } from "../../src/client/dialects/s3.ts";
import type { ObjectStore } from "../../src/core/object-store.ts";
import { commandPath, startCommand } from "./command.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { type LiveServer, startLiveServer } from "./live-server.ts";

// What a transfer does with files, targets, keys and sessions that are not as they should be.

vi.setConfig({ testTimeout: 120_000 });

const mib = 1024 * 1024;
const contents = randomBytes(40 * mib);

let live: LiveServer;
let proxy: FaultProxy;
let store: ObjectStore;
let env: Record<string, string>;

beforeAll(async () => {
  live = await startLiveServer();
  proxy = await startFaultProxy(live.endpoint);
  env = { ...live.env, STORAGE_S3_ENDPOINT_URL: proxy.endpoint };
  const { administrator, endpoint, bucket } = live;
  const accessKeyId = administrator["STORAGE_S3_ACCESS_KEY_ID"] ?? "";
  const secretAccessKey = administrator["STORAGE_S3_SECRET_ACCESS_KEY"] ?? "";
  store = createS3Store({
    bucket,
    endpoint,
    region: "us-east-1",
    dialect: s3Dialect,
    credentials: () => Promise.resolve({ accessKeyId, secretAccessKey }),
  });
  await store.putObject("large", contents);
});

afterEach(() => {
  proxy.reset();
  proxy.bytesPerSecond = undefined;
  proxy.fault = () => undefined;
});

afterAll(async () => {
  await store.close();
  await proxy.close();
  await live.stop();
});

const path = (name: string) => join(live.folder, name);
const journals = () => readdir(path(".local/state/sms-api-storage/transfers")).catch(() => []);

/** Runs a copy slowly, and does something to it in the middle. */
async function meddled(args: readonly string[], meddle: () => Promise<void>) {
  proxy.bytesPerSecond = 6 * mib;
  const child = live.begin(args, env);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  const { counts } = proxy;
  while (counts.sentBytes + counts.receivedBytes < 10 * mib) await sleep(5);
  await meddle();
  proxy.bytesPerSecond = undefined;
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stderr };
}

describe("a source that, while it is read,", () => {
  const file = "source";

  it.each([
    ["is written to", () => writeFile(path(file), "x", { flag: "r+" })],
    ["grows", () => appendFile(path(file), "more")],
    ["shrinks", () => truncate(path(file), 12 * mib)],
  ])("%s is refused, and leaves nothing in the store", async (_what, change) => {
    await writeFile(path(file), contents);
    const { code, stderr } = await meddled(["cp", file, live.uri("changed")], change);
    expect(stderr).toMatch(/^error: .*source was changed while it was being uploaded\.\n/);
    expect(stderr).toContain("next: Upload it again once nothing writes to it");
    expect(code).toBe(6);
    expect((await live.run(["exists", "changed"])).code).toBe(3);
    expect((await store.listMultipartUploads({ prefix: "changed" })).uploads).toEqual([]);
    expect(await journals()).toEqual([]);
  });

  it("is removed goes up whole, since it stays open", async () => {
    await writeFile(path(file), contents);
    const { code } = await meddled(["cp", file, live.uri("removed")], () => rm(path(file)));
    expect(code).toBe(0);
    const { stdout } = await live.run(["head", "removed", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ sizeBytes: contents.length });
  });
});

it("of a tree, files that vanish or cannot be read are named and the others go up", async () => {
  await mkdir(path("some"));
  for (const name of ["a", "b"]) await writeFile(path(`some/${name}`), name);
  await writeFile(path("some/0-large"), contents);
  await symlink("nowhere", path("some/broken"));
  for (let n = 0; n < 40; n += 1) await writeFile(path(`some/m${n}`), "x");
  await writeFile(path("some/z-last"), "z");
  const { code, stderr } = await meddled(["cp", "-r", "some", live.uri("some/")], () =>
    rm(path("some/z-last")),
  );
  const names = (await store.listObjects({ prefix: "some/" })).objects.map(({ key }) => key);
  expect(names).toEqual(expect.arrayContaining(["some/0-large", "some/a", "some/b", "some/m39"]));
  expect(names.includes("some/broken")).toBe(false);
  expect(stderr).toMatch(/some\/broken was skipped: a link to a folder or to nothing\./);
  expect(code).toBe(7);
});

describe("a target that", () => {
  it.each([
    ["is a folder's name with a file in it", ["in-the-way"], "file where a directory should be"],
    ["is a link", ["link"], "symbolic link"],
    ["is a device", ["/dev/null"], "is not a regular file"],
    ["is where nothing can be made", ["/proc/sms-storage/x"], "next: Choose another place"],
  ])(
    "%s is refused with a sentence, and nothing is fetched for it",
    async (_what, [to = ""], text) => {
      await writeFile(path("file"), "here");
      await symlink("file", path("link")).catch(() => undefined);
      const target = to === "in-the-way" ? "file/inside" : to;
      const { code, stderr } = await live.run(["cp", live.uri("large"), target], { env });
      expect(stderr).toContain(text);
      expect(code).toBe(2);
      expect(await readFile(path("file"), "utf8")).toBe("here");
      expect(proxy.counts.receivedBytes).toBeLessThan(8 * mib);
      expect(await journals()).toEqual([]);
    },
  );

  it("is full ends with a sentence and leaves what was there, and no part", async () => {
    await mkdir(path("full"));
    await writeFile(path("full/file"), "old");
    // 512-byte blocks or KiB, as the shell has it: less than the object in either.
    const script = `ulimit -f 20000; exec "$0" "$@"`;
    const args = [commandPath, "cp", live.uri("large"), "full/file"];
    const child = spawn("sh", ["-c", script, process.execPath, ...args], {
      cwd: live.folder,
      env: { PATH: process.env["PATH"], HOME: live.folder, ...live.env },
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    const [code] = (await once(child, "close")) as [number | null];
    expect(stderr).toMatch(/full\/file cannot be written: it would grow larger than is allowed/);
    expect(code).toBe(1);
    expect(await readdir(path("full"))).toEqual(["file"]);
    expect(await readFile(path("full/file"), "utf8")).toBe("old");
    expect(await journals()).toEqual([]);
  });
});

it("keys that no file can have are named and never renamed, and the others come down", async () => {
  const long = "n".repeat(300);
  const odd = ["k/../up", "k//double", "k/./dot", `k/${long}`, "k/a", "k/a/below", "k/fine"];
  for (const key of odd) await store.putObject(key, Buffer.from(key));
  const { code, stderr } = await live.run(["cp", "-r", live.uri("k/"), "keys"]);
  expect(code).toBe(7);
  expect(stderr).toMatch(/k\/\.\.\/up was skipped: the key has a part \.\./);
  expect(stderr).toMatch(/k\/\/double was skipped: the key has an empty part/);
  expect(stderr).toMatch(/k\/\.\/dot was skipped: the key has a part \./);
  expect(stderr).toMatch(/too long for the file system/);
  const found = await readdir(path("keys"));
  expect(found).toContain("fine");
  expect(found.filter((name) => !["a", "fine"].includes(name))).toEqual([]);
  expect(await readdir(live.folder)).not.toContain("up");
});

/** Refuses the session's keys from now on, as a store does when it has ended. */
function endSession(): void {
  const accessKeyId = live.env["STORAGE_S3_ACCESS_KEY_ID"] ?? "";
  proxy.fault = ({ authorization }) => (authorization.includes(accessKeyId) ? "expire" : undefined);
}

/** What a credential process prints. */
function processAnswer(keys: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    Version: 1,
    AccessKeyId: keys["STORAGE_S3_ACCESS_KEY_ID"],
    SecretAccessKey: keys["STORAGE_S3_SECRET_ACCESS_KEY"],
    SessionToken: keys["STORAGE_S3_SESSION_TOKEN"],
  });
}

describe("a session that ends in the middle", () => {
  it("ends an upload that cannot have a fresh one with 4, and the next run goes on", async () => {
    await writeFile(path("big"), contents);
    const ended = await meddled(["cp", "big", live.uri("session")], () => {
      endSession();
      return Promise.resolve();
    });
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(
      /next: .*Run it again to go on: \d+ parts that were sent are kept/,
    );
    expect(await journals()).toHaveLength(1);
    const fresh = { ...live.administrator, STORAGE_S3_ENDPOINT_URL: proxy.endpoint };
    const again = await live.run(["cp", "big", live.uri("session")], { env: fresh });
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toContain("going on after");
    expect((await store.headObject("session")).sizeBytes).toBe(contents.length);
  });

  it("is waited for where the chain can give a fresh one", async () => {
    const { administrator } = live;
    await writeFile(path("keys.json"), processAnswer(live.env));
    await writeFile(path("give-keys"), `#!/bin/sh\ncat "${path("keys.json")}"\n`);
    await chmod(path("give-keys"), 0o700);
    await mkdir(path(".aws"));
    await writeFile(
      path(".aws/config"),
      `[profile lab]\ncredential_process = ${path("give-keys")}\n`,
    );
    const { bucket } = live;
    const chain = {
      STORAGE_S3_BUCKET: bucket,
      STORAGE_S3_REGION: "us-east-1",
      STORAGE_S3_ENDPOINT_URL: proxy.endpoint,
      AWS_EC2_METADATA_DISABLED: "true",
    };
    proxy.bytesPerSecond = 6 * mib;
    const child = startCommand(["cp", "big", live.uri("chain"), "--profile", "lab"], {
      cwd: live.folder,
      env: chain,
    });
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    const goesOn = (): boolean => {
      if (child.exitCode !== null) throw new Error(`it ended: ${stderr}`);
      return true;
    };
    while (proxy.counts.sentBytes < 10 * mib && goesOn()) await sleep(5);
    endSession();
    while (!stderr.includes("a fresh one is waited for") && goesOn()) await sleep(20);
    proxy.bytesPerSecond = undefined;
    await writeFile(path("keys.json"), processAnswer(administrator));
    expect(await once(child, "close")).toEqual([0, null]);
    const hash = createHash("sha256");
    for await (const chunk of (await store.getObject("chain")).body) hash.update(chunk);
    expect(hash.digest("hex")).toBe(createHash("sha256").update(contents).digest("hex"));
  });
});
