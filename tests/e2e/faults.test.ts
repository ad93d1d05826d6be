import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// A tree goes up and down while of each 1,000 requests 20 are refused with 503, 10 lose their
// connection in the middle of a body or before the answer, and 5 fall silent.

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

const mib = 1024 * 1024;
const smallFiles = 390;
const largeFiles = 4;

let live: LiveServer;
let proxy: FaultProxy;
let env: Record<string, string>;
/** Path below the tree -> SHA-256. */
const tree = new Map<string, string>();

const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

beforeAll(async () => {
  live = await startLiveServer();
  proxy = await startFaultProxy(live.endpoint);
  env = { ...live.env, STORAGE_S3_ENDPOINT_URL: proxy.endpoint };
  for (let n = 0; n < smallFiles + largeFiles; n += 1) {
    const folder = `d${n % 7}`;
    await mkdir(join(live.folder, "tree", folder), { recursive: true });
    const sizeBytes = n < smallFiles ? (n * 373) % 40_000 : 20 * mib + n;
    const bytes = randomBytes(sizeBytes);
    await writeFile(join(live.folder, "tree", folder, `f${n}`), bytes);
    tree.set(`${folder}/f${n}`, sha(bytes));
  }
  proxy.fault = ({ number }) => {
    if (number % 50 === 13) return "throttle";
    if (number % 200 === 77) return "stall";
    if (number % 100 === 31) return number % 200 === 31 ? "reset" : "lost-answer";
    return undefined;
  };
});

afterAll(async () => {
  await proxy.close();
  await live.stop();
});

async function read(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const root = join(live.folder, folder);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    found.set(file.slice(root.length + 1), sha(await readFile(file)));
  }
  return found;
}

function expectFaults(): void {
  const { requests, faults } = proxy.counts;
  expect(requests).toBeGreaterThan(tree.size);
  expect(faults.throttle).toBeGreaterThanOrEqual(Math.floor(requests / 50));
  expect(faults.reset + faults["lost-answer"]).toBeGreaterThanOrEqual(Math.floor(requests / 100));
  expect(faults.stall).toBeGreaterThanOrEqual(1);
}

describe("with a store in trouble", () => {
  const fast = ["--idle-seconds", "1"];

  it("a tree goes up whole", async () => {
    const { code, stdout } = await live.run(
      ["cp", "-r", "--json", ...fast, "tree", live.uri("tree/")],
      { env },
    );
    expect(records(stdout).at(-1)).toMatchObject({ type: "summary", copied: tree.size, failed: 0 });
    expect(code).toBe(0);
    expectFaults();
    // Past the proxy: what the store has.
    expect((await live.run(["cp", "-r", live.uri("tree/"), "direct"])).code).toBe(0);
    expect(await read("direct")).toEqual(tree);
  });

  it("and comes down whole", async () => {
    proxy.reset();
    const { code, stdout } = await live.run(
      ["cp", "-r", "--json", ...fast, live.uri("tree/"), "down"],
      { env },
    );
    expect(records(stdout).at(-1)).toMatchObject({ type: "summary", copied: tree.size, failed: 0 });
    expect(code).toBe(0);
    expectFaults();
    expect(await read("down")).toEqual(tree);
  });
});
