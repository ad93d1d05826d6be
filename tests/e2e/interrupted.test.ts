import { spawn } from "node:child_process";
import { once } from "node:events";
import { link, mkdir, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createS3Store } from "../../src/client/create-s3-store.ts";
import { s3Dialect } from "../../src/client/dialects/s3.ts";
import type { ObjectStore } from "../../src/core/object-store.ts";
import { commandPath } from "./command.ts";
import { type LiveServer, startLiveServer } from "./live-server.ts";

// What is left when a transfer is cut short.

vi.setConfig({ testTimeout: 120_000 });

let live: LiveServer;
let store: ObjectStore;
/** Enough to be in the middle of it; sparse, so that it costs nothing. */
const largeBytes = 384 * 1024 * 1024;

beforeAll(async () => {
  live = await startLiveServer();
  const { administrator, endpoint, bucket } = live;
  store = createS3Store({
    bucket,
    endpoint,
    region: "us-east-1",
    dialect: s3Dialect,
    credentials: () =>
      Promise.resolve({
        accessKeyId: administrator["STORAGE_S3_ACCESS_KEY_ID"] ?? "",
        secretAccessKey: administrator["STORAGE_S3_SECRET_ACCESS_KEY"] ?? "",
      }),
  });
  await writeFile(join(live.folder, "large"), "");
  await truncate(join(live.folder, "large"), largeBytes);
});

afterAll(async () => {
  await store.close();
  await live.stop();
});

const uploads = async (prefix: string) => (await store.listMultipartUploads({ prefix })).uploads;

/** Of an unfinished upload. */
async function parts(key: string): Promise<number> {
  let count = 0;
  for (const upload of await uploads(key)) count += (await store.listParts(upload)).parts.length;
  return count;
}

/** How much of a download is on the disk. */
async function sizeOfPart(folder: string): Promise<number> {
  const name = (await readdir(folder)).find((each) => each.endsWith(".part"));
  if (name === undefined) return 0;
  return stat(join(folder, name)).then(
    ({ size }) => size,
    () => 0,
  );
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isTrue()); waited += 1) {
    if (waited > 2000) throw new Error("it does not come true");
    await sleep(10);
  }
}

describe("Ctrl-C", () => {
  it("during an upload ends with 130, keeps what was sent and says so", async () => {
    const child = live.begin(["cp", "large", live.uri("up")]);
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    await until(async () => (await parts("up")) > 4);
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([130, null]);
    expect(stderr).toMatch(
      /^error: Stopped before it was done\.\n.*next: Run it again to go on: \d+ parts .*\n$/s,
    );
    expect((await live.run(["exists", "up"])).code).toBe(3);
    const again = await live.run(["cp", "large", live.uri("up")]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toMatch(
      /: going on after \d+\.\d MiB of 384\.0 MiB of an earlier run\.\n/,
    );
    expect(await uploads("up")).toEqual([]);
  });

  it("with --no-resume leaves no object and no parts", async () => {
    const child = live.begin(["cp", "--no-resume", "large", live.uri("gone")]);
    await until(async () => (await parts("gone")) > 4);
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([130, null]);
    expect(await uploads("gone")).toEqual([]);
    expect((await live.run(["exists", "gone"])).code).toBe(3);
  });

  it("while a pipe is silent does the same", async () => {
    const child = live.begin(["cp", "-", live.uri("piped")]);
    child.stdin?.on("error", () => undefined);
    child.stdin?.write(Buffer.alloc(9 * 1024 * 1024));
    await until(async () => (await uploads("piped")).length === 1);
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([130, null]);
    expect(await uploads("piped")).toEqual([]);
    expect((await live.run(["exists", "piped"])).code).toBe(3);
  });

  it.each([
    ["keeps what was fetched beside the old file", [], 2],
    ["with --no-resume leaves the old file alone", ["--no-resume"], 1],
  ])("during a download %s", async (_what, options, files) => {
    const into = join(live.folder, "into");
    await mkdir(into, { recursive: true });
    await writeFile(join(into, "file"), "old");
    const child = live.begin(["cp", ...options, live.uri("up"), "into/file"]);
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    await until(async () => (await sizeOfPart(into)) > 32 * 1024 * 1024);
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([130, null]);
    expect(await readdir(into)).toHaveLength(files);
    expect(await readFile(join(into, "file"), "utf8")).toBe("old");
    expect(stderr.includes("Run it again to go on")).toBe(files === 2);
    const again = await live.run(["cp", live.uri("up"), "into/file"]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr.includes("going on after")).toBe(files === 2);
    expect(await readdir(into)).toEqual(["file"]);
    expect((await stat(join(into, "file"))).size).toBe(largeBytes);
  });

  it("SIGTERM ends with 143", async () => {
    const child = live.begin(["cp", "--no-resume", "large", live.uri("term")]);
    await until(async () => (await uploads("term")).length === 1);
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([143, null]);
    expect(await uploads("term")).toEqual([]);
  });
});

it("a closed pipe ends a copy in good order, and not as done", async () => {
  await mkdir(join(live.folder, "tree"));
  await writeFile(join(live.folder, "tree/a"), "small, so it is reported first");
  await truncate(join(live.folder, "large"), largeBytes);
  await link(join(live.folder, "large"), join(live.folder, "tree/large"));
  const child = live.begin(["cp", "-r", "--no-resume", "tree", live.uri("tree/")]);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  child.stdout?.destroy();
  expect(await once(child, "close")).toEqual([141, null]);
  expect(stderr).not.toContain("error");
  expect(await uploads("tree/")).toEqual([]);
  expect((await live.run(["exists", "tree/large"])).code).toBe(3);
});

describe("sms-storage server", () => {
  it("logs each request without secrets, and ends with 0 at SIGTERM", async () => {
    const data = join(live.folder, "server-data");
    const args = [commandPath, "server", "--data-dir", data, "--port", "0", "--log"];
    const server = spawn(process.execPath, args, {
      env: { PATH: process.env["PATH"], HOME: live.folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    server.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString("utf8")));
    server.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString("utf8")));
    await until(async () => printed.includes("Ready."));
    const endpoint = /http:\/\/\S+/.exec(printed)?.[0] ?? "";
    const identities = await readFile(join(data, "identities.json"), "utf8");
    const session = /"sessionToken": ?"([^"]+)"/.exec(identities)?.[1] ?? "none";
    const secrets = [...identities.matchAll(/"secretAccessKey": ?"([^"]+)"/g)].map(
      ([, secret = ""]) => secret,
    );
    expect(secrets.length).toBeGreaterThan(1);
    const env = {
      STORAGE_S3_BUCKET: "logged-bucket",
      STORAGE_S3_ENDPOINT_URL: endpoint,
      STORAGE_S3_REGION: "us-east-1",
      STORAGE_S3_ACCESS_KEY_ID: /"accessKeyId": ?"(AKIA[^"]+)"/.exec(identities)?.[1] ?? "",
      STORAGE_S3_SECRET_ACCESS_KEY: secrets[0] ?? "",
    };
    const setup = await live.run(["setup", "--yes", "--no-env"], { env });
    expect(setup.code).toBe(0);
    const odd = "s3://logged-bucket/a\u001b[2Jb";
    await live.run(["cp", "-", odd], { env, input: "x" });
    const { stdout: presigned } = await live.run(["presign", "a"], { env });
    await fetch(presigned.trim());
    await until(async () => printed.includes("404 GetObject"));
    expect(printed).toMatch(
      /^\S+Z 127\.0\.0\.1 arn:\S+ 200 PutObject s3:\/\/logged-bucket\/a\\x1b\[2Jb \d+\.\d ms \w+$/m,
    );
    for (const secret of [...secrets, session]) expect(printed).not.toContain(secret);
    expect(printed).not.toMatch(/[Ss]ignature/);
    server.kill("SIGTERM");
    expect(await once(server, "exit")).toEqual([0, null]);
    expect(printed).toContain("Stopped; everything acknowledged is on disk.");
  });
});
