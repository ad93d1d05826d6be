// @ts-check
// 4 KiB objects up, down and listed: this client and the AWS SDK for JavaScript, in turn, against one embedded
// server in a process of its own. Prints medians of CPU per call and ratios; wall time is shown, not
// judged, since client and server share the machine.
//
//   node bench/small-objects.mjs [--rounds 5] [--objects 5000] [--concurrency 32] [--out FILE]
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildIfNeeded, installIfNeeded, root } from "../scripts/prepare.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    objects: { type: "string", default: "5000" },
    concurrency: { type: "string", default: "32" },
    out: { type: "string" },
  },
});
installIfNeeded();
buildIfNeeded();

const clients = ["sms-api-storage", "aws-sdk"];
const folder = mkdtempSync(join(tmpdir(), "sms-bench-"));
const server = await startServer(folder);
try {
  /** @type {Record<string, any>[]} */
  const runs = [];
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    for (const client of clients) {
      const run = measure(client);
      // The first round warms the disk and the page cache up.
      if (round > 0) runs.push(run);
    }
  }
  report(runs);
} finally {
  const ended = new Promise((resolve) => server.process.once("exit", resolve));
  server.process.kill("SIGTERM");
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} data */
async function startServer(data) {
  const command = join(root, "dist/cli/main.js");
  const args = [command, "server", "--port", "0", "--data-dir", data, "--json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const line = await firstLine(child.stdout);
  const { endpoint, identitiesFile } = JSON.parse(line);
  const [account] = JSON.parse(readFileSync(identitiesFile, "utf8")).accounts;
  return { process: child, endpoint, key: account.users[0].accessKeys[0] };
}

/** @param {import("node:stream").Readable} stream */
async function firstLine(stream) {
  for await (const chunk of stream) return String(chunk);
  throw new Error("the server ended before it listened");
}

/** @param {string} client */
function measure(client) {
  const script = fileURLToPath(new URL("small-objects-client.mjs", import.meta.url));
  const job = {
    client,
    endpoint: server.endpoint,
    key: server.key,
    objects: Number(values.objects),
    concurrency: Number(values.concurrency),
  };
  const result = spawnSync(process.execPath, [script], {
    input: JSON.stringify(job),
    encoding: "utf8",
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  });
  if (result.status !== 0) throw new Error(`${client} failed`);
  return { client, ...JSON.parse(result.stdout) };
}

/** @param {Record<string, any>[]} runs */
function report(runs) {
  const names = ["putCpuMs", "getCpuMs", "listCpuUsPerKey", "putWallS", "getWallS", "rssMiB"];
  /** @type {Record<string, Record<string, number>>} */
  const medians = {};
  for (const client of clients) {
    const own = runs.filter((run) => run["client"] === client);
    medians[client] = Object.fromEntries(
      names.map((name) => [name, median(own.map((run) => run[name]))]),
    );
  }
  console.log(`${cpus().length} cores, Node ${process.versions.node}, ${values.rounds} rounds`);
  console.log(`${values.objects} objects of 4 KiB, ${values.concurrency} in flight`);
  console.table(medians);
  const [ours, theirs] = clients.map((client) => medians[client] ?? {});
  const ratio = (/** @type {string} */ name) =>
    ((theirs?.[name] ?? 0) / (ours?.[name] ?? 1)).toFixed(1);
  const calls = `put ${ratio("putCpuMs")}, get ${ratio("getCpuMs")}`;
  console.log(`CPU, SDK / ours: ${calls}, listed key ${ratio("listCpuUsPerKey")}`);
  if (values.out !== undefined) {
    const facts = { date: new Date().toISOString(), node: process.versions.node, ...values };
    writeFileSync(values.out, `${JSON.stringify({ ...facts, medians, runs }, null, 2)}\n`);
  }
}

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(3));
}
