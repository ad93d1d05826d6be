// @ts-check
// What encryption costs the embedded server: its CPU per object of 4 KiB put and got, and per GiB in and
// out, of a build that stores bytes as they come, of this build, and of this build under a key of KMS, in
// turn on one machine. Links are signed beforehand, so that clients cost it nothing but requests. Prints
// medians, and what AES-256-GCM by itself costs here.
//
//   node bench/encryption-cost.mjs --before DIST [--rounds 3] [--objects 2000] [--mib 256] [--out FILE]
//
// DIST: the `dist` of the version before encryption, built from its sources (`4e4795b^`).
import { spawn } from "node:child_process";
import { createCipheriv, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as sdk from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { buildIfNeeded, installIfNeeded, root } from "../scripts/prepare.mjs";

const { values } = parseArgs({
  options: {
    before: { type: "string" },
    rounds: { type: "string", default: "3" },
    objects: { type: "string", default: "2000" },
    mib: { type: "string", default: "256" },
    out: { type: "string" },
  },
});
const earlier = values.before;
if (earlier === undefined) {
  console.error(
    "encryption-cost: --before DIST is missing; the head of this file says what it is.",
  );
  process.exit(2);
}
installIfNeeded();
buildIfNeeded();

const bucket = "bench-encryption";
const small = randomBytes(4096);
const large = randomBytes(Number(values.mib) * 1024 * 1024);
const objects = Number(values.objects);
const lanes = 16;
const ticksPerSecond = 100;

const byKey = {
  Bucket: bucket,
  ServerSideEncryptionConfiguration: {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: /** @type {const} */ ("aws:kms") },
        BucketKeyEnabled: true,
      },
    ],
  },
};

/** @typedef {{ name: string, dist: string, kms: boolean }} Variant */
/** @type {Variant[]} */
const variants = [
  { name: "before", dist: resolve(earlier), kms: false },
  { name: "SSE-S3", dist: join(root, "dist"), kms: false },
  { name: "SSE-KMS", dist: join(root, "dist"), kms: true },
];
/** @type {Record<string, number | string>[]} */
const runs = [];
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const variant of variants) runs.push({ name: variant.name, ...(await measure(variant)) });
}
report();

/** A server of its own for each turn, on an empty folder. @param {Variant} variant */
async function measure({ dist, kms }) {
  const data = mkdtempSync(join(tmpdir(), "sms-bench-"));
  const args = [join(dist, "cli/main.js"), "server", "--port", "0", "--data-dir", data, "--json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  try {
    const { endpoint, identitiesFile } = JSON.parse(await firstLine(child.stdout));
    const [account] = JSON.parse(readFileSync(identitiesFile, "utf8")).accounts;
    const client = new sdk.S3Client({
      endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: account.users[0].accessKeys[0],
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    await client.send(new sdk.CreateBucketCommand({ Bucket: bucket }));
    if (kms) await client.send(new sdk.PutBucketEncryptionCommand(byKey));
    const keys = Array.from({ length: objects }, (_, index) => `key-${index}`);
    const links = await Promise.all(keys.map((Key) => linksOf(client, Key)));
    const pair = await linksOf(client, "large");
    const cost = (/** @type {() => Promise<unknown>} */ call) => cpuOf(child.pid ?? 0, call);
    const put = await cost(() => all(links, (link) => send(agent, "PUT", link.put, small)));
    const get = await cost(() => all(links, (link) => send(agent, "GET", link.get)));
    const into = await cost(() => send(agent, "PUT", pair.put, large));
    const out = await cost(() => send(agent, "GET", pair.get));
    client.destroy();
    const perGiB = 1024 / Number(values.mib);
    return {
      putUs: (put / objects) * 1e6,
      getUs: (get / objects) * 1e6,
      inSecondsPerGiB: into * perGiB,
      outSecondsPerGiB: out * perGiB,
    };
  } finally {
    agent.destroy();
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}

/** @param {sdk.S3Client} client @param {string} Key */
async function linksOf(client, Key) {
  const address = { Bucket: bucket, Key };
  const put = await getSignedUrl(client, new sdk.PutObjectCommand(address), { expiresIn: 3600 });
  const get = await getSignedUrl(client, new sdk.GetObjectCommand(address), { expiresIn: 3600 });
  return { put, get };
}

/** @template One @param {One[]} list @param {(one: One) => Promise<unknown>} call */
async function all(list, call) {
  let next = 0;
  const lane = async () => {
    for (let one = list[next]; one !== undefined; one = list[next]) {
      next += 1;
      await call(one);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** @param {Agent} agent @param {string} method @param {string} url @param {Buffer} [body] */
function send(agent, method, url, body) {
  return new Promise((done, fail) => {
    const headers = { "content-length": String(body?.length ?? 0) };
    const call = request(url, { agent, method, headers }, (answer) => {
      answer.resume();
      answer.once("end", () => {
        if (answer.statusCode === 200) done(undefined);
        else fail(new Error(`${method} ${url} answered ${answer.statusCode}`));
      });
    });
    call.once("error", fail);
    call.end(body);
  });
}

/** Seconds of CPU of the process, in user and system mode. @param {number} pid @param {() => Promise<unknown>} call */
async function cpuOf(pid, call) {
  const used = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  };
  const before = used();
  await call();
  return used() - before;
}

/** @param {import("node:stream").Readable} stream */
async function firstLine(stream) {
  for await (const chunk of stream) return String(chunk);
  throw new Error("the server ended before it listened");
}

/** Seconds of CPU to encrypt a GiB in blocks of 64 KiB, as the store does. */
function cipherSecondsPerGiB() {
  const block = randomBytes(65_536);
  const blocks = 4096;
  const before = process.cpuUsage();
  for (let count = 0; count < blocks; count += 1) {
    const cipher = createCipheriv("aes-256-gcm", block.subarray(0, 32), block.subarray(32, 44));
    cipher.update(block);
    cipher.final();
  }
  const { user, system } = process.cpuUsage(before);
  return (((user + system) / 1e6) * 1024) / ((blocks * block.length) / 1024 ** 2);
}

function report() {
  const names = ["putUs", "getUs", "inSecondsPerGiB", "outSecondsPerGiB"];
  const medians = Object.fromEntries(
    variants.map(({ name }) => [
      name,
      Object.fromEntries(
        names.map((figure) => {
          const own = runs.filter((run) => run["name"] === name).map((run) => Number(run[figure]));
          return [figure, Number((own.toSorted((a, b) => a - b)[own.length >> 1] ?? 0).toFixed(3))];
        }),
      ),
    ]),
  );
  const cipher = Number(cipherSecondsPerGiB().toFixed(3));
  console.log(`${cpus().length} cores, Node ${process.versions.node}, ${values.rounds} rounds`);
  console.table(medians);
  console.log(`AES-256-GCM by itself: ${cipher} s/GiB`);
  if (values.out === undefined) return;
  const facts = { date: new Date().toISOString(), node: process.versions.node };
  writeFileSync(values.out, `${JSON.stringify({ ...facts, cipher, medians, runs }, null, 2)}\n`);
}
