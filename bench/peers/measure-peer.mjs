// @ts-check
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { measuredRun } from "../measured-run.mjs";
import { cpuSeconds, residentMiB } from "./process-figures.mjs";
/** @import { Tool } from "../tools/tool.mjs" */
/** @import { Server } from "../servers.mjs" */
/** @import { Peer } from "./peer.mjs" */

/**
 * @typedef {object} Work
 * @property {Tool} s5cmd
 * @property {string} folder for all that is made
 * @property {{ path: string, count: number }} tree of small files
 * @property {{ path: string, mib: number }} large
 * @property {number} listings each of all small objects
 */

/** Of one piece of work: what the server used, how long it took, how many units it was. */
/** @typedef {{ cpuS: number, wallS: number, units: number, rssMiB: number }} Figure */
/** @typedef {"start" | "put" | "get" | "list" | "relist" | "in" | "out"} FigureName */

const bucket = "bench";
const pageKeys = 1000;
const startMs = 60_000;

/**
 * A server of its own, on an empty folder, from its start to its end.
 * @param {Peer} peer
 * @param {Work} work
 * @returns {Promise<Record<FigureName, Figure>>}
 */
export async function measurePeer(peer, work) {
  return await withPeer(peer, work, async ({ pid, port, start, key }) => ({
    start,
    ...(await useServer(pid, `http://127.0.0.1:${port}`, key(), work)),
  }));
}

/** What a program keeps of its first use is there from then on. @param {Peer} peer @param {Work} work */
export async function warmUp(peer, work) {
  await withPeer(peer, work, async ({ pid, port, key }) => {
    await useServer(pid, `http://127.0.0.1:${port}`, key(), work);
  });
}

/**
 * @template T
 * @param {Peer} peer
 * @param {Work} work
 * @param {(running: { pid: number, port: number, start: Figure, key: () => import("./peer.mjs").Key }) => Promise<T>} use
 */
async function withPeer(peer, work, use) {
  const folder = mkdtempSync(join(work.folder, "peer-"));
  const port = await freePort();
  const { argv, env, key } = peer.start({ folder, port });
  const [program = "", ...args] = argv;
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: work.folder, LANG: "C.UTF-8", ...env },
    stdio: "ignore",
    detached: true,
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const pid = child.pid ?? 0;
  const kill = () => endGroup(pid);
  process.once("exit", kill);
  try {
    await firstAnswer(port);
    const wallS = (performance.now() - began) / 1000;
    const start = { cpuS: cpuSeconds(pid), wallS, units: 1, rssMiB: residentMiB(pid) };
    return await use({ pid, port, start, key });
  } finally {
    kill();
    process.off("exit", kill);
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {number} pid
 * @param {string} endpoint
 * @param {import("./peer.mjs").Key} key
 * @param {Work} work
 */
async function useServer(pid, endpoint, key, { s5cmd, folder, tree, large, listings }) {
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: key,
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const server = /** @type {Server} */ ({ kind: "embedded", endpoint, bucket, key });
  const commands = s5cmd.commands(server);
  const environment = { PATH: process.env["PATH"], HOME: folder, ...s5cmd.environment(server) };
  const down = mkdtempSync(join(folder, "down-"));
  const run = (/** @type {readonly string[] | undefined} */ command) =>
    measuredRun({ argv: command ?? [], env: environment, cwd: folder });
  const cost = (/** @type {number} */ units, /** @type {() => Promise<unknown>} */ call) =>
    costOf(pid, units, call);
  try {
    const put = await cost(tree.count, () => run(commands.upTree?.(tree.path, "small/")));
    const got = await cost(tree.count, () => run(commands.downTree?.("small/", down)));
    const pages = listings * Math.ceil(tree.count / pageKeys);
    const list = await cost(pages, async () => {
      for (let count = 0; count < listings; count += 1) await listAll(client, tree.count);
    });
    // So that no page of before is as good as a new one.
    const relist = await cost(pages, async () => {
      for (let count = 0; count < listings; count += 1) {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: "change", Body: "new" }));
        await listAll(client, tree.count);
      }
    });
    const gib = large.mib / 1024;
    const taken = await cost(gib, () => run(commands.upFile?.(large.path, "large")));
    const given = await cost(gib, () => run(commands.downFile?.("large", join(down, "large"))));
    return { put, get: got, list, relist, in: taken, out: given };
  } finally {
    client.destroy();
    rmSync(down, { recursive: true, force: true });
  }
}

/**
 * @param {number} pid
 * @param {number} units
 * @param {() => Promise<unknown>} call
 * @returns {Promise<Figure>}
 */
async function costOf(pid, units, call) {
  const [before, began] = [cpuSeconds(pid), performance.now()];
  await call();
  const wallS = (performance.now() - began) / 1000;
  return { cpuS: cpuSeconds(pid) - before, wallS, units, rssMiB: residentMiB(pid) };
}

/** @param {S3Client} client @param {number} expected */
async function listAll(client, expected) {
  let count = 0;
  /** @type {string | undefined} */
  let ContinuationToken;
  do {
    /** @type {import("@aws-sdk/client-s3").ListObjectsV2CommandOutput} */
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: "small/", ContinuationToken }),
    );
    count += page.Contents?.length ?? 0;
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  if (count !== expected) throw new Error(`${count} keys are listed instead of ${expected}`);
}

/** Whatever it says, it answers. @param {number} port */
async function firstAnswer(port) {
  const until = performance.now() + startMs;
  while (!(await answers(port))) {
    if (performance.now() > until) throw new Error("it did not answer within a minute");
    await sleep(2);
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((resolve) => {
    const call = get({ host: "127.0.0.1", port, path: "/", agent: false }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(true));
    });
    call.once("error", () => resolve(false));
  });
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}

/** The process and all that it has started. @param {number} pid */
function endGroup(pid) {
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It has ended.
  }
}
