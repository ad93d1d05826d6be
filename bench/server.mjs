// @ts-check
// What the embedded server and its peers cost for the same work: a start, 10,000 objects of 4 KiB in and out,
// listings, 1 GiB in and out, and the memory that is left. The servers take turns (A B C, A B C, ...), each
// time on an empty folder; the CPU is their own, as /proc tells it. Needs Linux, s5cmd and python3.
//
//   node bench/server.mjs [--rounds 3] [--peers versitygw,moto] [--objects 10000] [--mib 1024] [--out FOLDER]
//
// bench/peers/find-peers.mjs says how peers are found. Results: bench/results/S*.json; `node bench/report.mjs`
// makes docs/performance.md of them.
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildIfNeeded, installIfNeeded, root } from "../scripts/prepare.mjs";
/** @import { Work } from "./peers/measure-peer.mjs" */
/** @import { Account, Machine } from "./peers/server-results.mjs" */

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
installIfNeeded();
buildIfNeeded();
const { makeFile, makeTree } = await import("./local-trees.mjs");
const { findPeers } = await import("./peers/find-peers.mjs");
const { nodeFloor } = await import("./peers/node-floor.mjs");
const { measurePeer, warmUp } = await import("./peers/measure-peer.mjs");
const { serverResults } = await import("./peers/server-results.mjs");
const { findTools } = await import("./tools/find-tools.mjs");
const { machineFacts, memoryFolder } = await import("./machine.mjs");

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    peers: { type: "string" },
    objects: { type: "string", default: "10000" },
    mib: { type: "string", default: "1024" },
    out: { type: "string", default: join(root, "bench/results") },
  },
});
const { peers, missing } = findPeers();
const names = values.peers?.split(",");
const taking = peers.filter(
  ({ name }, index) => index === 0 || names === undefined || names.includes(name),
);
const s5cmd = findTools().tools.find(({ name }) => name === "s5cmd");
if (s5cmd === undefined) {
  console.error("server: s5cmd is not there. Install it, or name it by S5CMD.");
  process.exit(2);
}
if (missing.length > 0) console.log(`Not on this machine: ${missing.join(", ")}`);
console.log(taking.map(({ name, version }) => `${name} ${version}`).join(", "));

const folder = mkdtempSync(join(memoryFolder() ?? tmpdir(), "sms-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const works = [workOf(1, 1), workOf(1 / 10, 1 / 4)];
/** @type {Account[]} */
const accounts = taking.map((peer) => ({ peer, runs: [] }));
for (const account of accounts)
  await tried(account, async (work) => await warmUp(account.peer, work));
for (let round = 1; round <= Number(values.rounds); round += 1) {
  for (const account of accounts) await oneRun(account, round);
}
const machine = measuredMachine();
mkdirSync(values.out, { recursive: true });
for (const result of serverResults(accounts, { rounds: Number(values.rounds), machine })) {
  const record = { ...result, date: new Date().toISOString().slice(0, 10), machine: facts() };
  writeFileSync(join(values.out, `${result.id}.json`), `${JSON.stringify(record, null, 2)}\n`);
  for (const { text, limit, value, met } of result.bars) {
    console.log(`${met === true ? "met" : "MISSED"}: ${result.id} ${text} ${value} (${limit})`);
  }
}

/** The work of usual peers, or of slow ones. @param {number} objects @param {number} bytes */
function workOf(objects, bytes) {
  const count = Math.round(Number(values.objects) * objects);
  const mib = Math.round(Number(values.mib) * bytes);
  const path = join(folder, `tree-${count}`);
  makeTree(path, { prefix: "small/", count, perFolder: 0, minBytes: 4096 });
  const large = join(folder, `large-${mib}`);
  makeFile(large, mib * 1024 * 1024);
  if (s5cmd === undefined) throw new Error("there is no s5cmd");
  return { s5cmd, folder, tree: { path, count }, large: { path: large, mib }, listings: 3 };
}

/** @param {Account} account @param {number} round */
async function oneRun(account, round) {
  const { peer } = account;
  if (peer.isSlow && round > 1) return;
  await tried(account, async (work) => {
    const figures = await measurePeer(peer, work);
    account.runs.push(figures);
    const told = Object.entries(figures).map(
      ([name, { cpuS, units }]) => `${name} ${(cpuS / units).toPrecision(3)}`,
    );
    const { rssMiB } = figures.out;
    console.log(`${peer.name}: CPU, s per unit: ${told.join(", ")}; RSS ${rssMiB.toFixed(0)} MiB`);
  });
}

/** A peer that fails is out, and its failure a result. @param {Account} account @param {(work: Work) => Promise<void>} run */
async function tried(account, run) {
  const work = works[account.peer.isSlow ? 1 : 0];
  if (account.failure !== undefined || work === undefined) return;
  try {
    await run(work);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Paths are the machine's, not the result's.
    account.failure = (text.split("\n")[0] ?? "").replaceAll(/(?:\/[\w.+-]+){2,}/g, "...");
    console.log(`${account.peer.name} failed: ${account.failure}`);
  }
}

/** How fast the machine is at this hour, since shared ones are not always. @returns {Machine} */
function measuredMachine() {
  const block = randomBytes(65_536);
  const small = block.subarray(0, 4096);
  const seal = (/** @type {Buffer} */ bytes) => {
    const cipher = createCipheriv("aes-256-gcm", block.subarray(0, 32), block.subarray(32, 44));
    cipher.update(bytes);
    cipher.final();
    cipher.getAuthTag();
  };
  const cipherSecondsPerGiB = secondsOf(4096, () => seal(block)) * 16_384;
  const cipherMsPerObject = secondsOf(20_000, () => seal(small)) * 1000;
  const hash = (/** @type {string} */ name) =>
    1 / 16 / secondsOf(2048, () => createHash(name).update(block).digest());
  const file = join(folder, `large-${values.mib}`);
  const [sending, opening] = [
    nodeFloor(file, { decrypts: false }),
    nodeFloor(file, { decrypts: true }),
  ];
  const words =
    `By themselves here: SHA-256 ${Math.round(hash("sha256"))} MiB/s, MD5 ${Math.round(hash("md5"))} MiB/s, ` +
    `AES-256-GCM ${cipherSecondsPerGiB.toFixed(2)} s/GiB and ${cipherMsPerObject.toFixed(3)} ms an object; ` +
    `node alone reads and sends a GiB in ${sending.toFixed(2)} CPU-s, and decrypted in ${opening.toFixed(2)}; ` +
    `load over a quarter of an hour ${loadavg()[2]?.toFixed(1)}`;
  return { cipherSecondsPerGiB, cipherMsPerObject, words };
}

/** Of CPU, for one call. @param {number} times @param {() => void} call */
function secondsOf(times, call) {
  for (let count = 0; count < times / 4; count += 1) call();
  const before = process.cpuUsage();
  for (let count = 0; count < times; count += 1) call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / times;
}

function facts() {
  return machineFacts(folder);
}
