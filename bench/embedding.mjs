// @ts-check
// The embedded server inside a test's process: what it costs to import `sms-api-storage/testing` and to have
// the first server ready, in processes of their own; then, in one process, another server of each kind, the
// ways back (snapshot, restore, reset), and many servers at once. Medians; CPU is of the whole process.
//
//   node bench/embedding.mjs [--processes 5] [--rounds 40] [--objects 100] [--servers 20]
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildIfNeeded, installIfNeeded, root } from "../scripts/prepare.mjs";

const { values } = parseArgs({
  options: {
    processes: { type: "string", default: "5" },
    rounds: { type: "string", default: "40" },
    objects: { type: "string", default: "100" },
    servers: { type: "string", default: "20" },
  },
});
installIfNeeded();
buildIfNeeded();

const entry = pathToFileURL(join(root, "dist/testing/index.js")).href;
const world = { version: 1, accounts: { 111122223333: { users: { alice: {} } } } };

/** @typedef {{ wallMs: number, cpuMs: number }} Cost */

const all = `{ world: ${JSON.stringify(world)}, personality: "qumulo", faults: [], now: () => new Date() }`;
const processes = Array.from({ length: Number(values.processes) }, () => ({
  plain: inProcessOfItsOwn("{}"),
  full: inProcessOfItsOwn(all),
}));
const imports = processes.map(({ plain }) => plain.imported);
row("import of sms-api-storage/testing", imports, `${loadedModules().length} files`);
row(
  "the first server ready",
  processes.map(({ plain }) => plain.started),
);
row(
  "the same with all options",
  processes.map(({ full }) => full.started),
  "world, personality, faults, now",
);

/** @type {typeof import("../src/testing/index.ts")} */
const { startTestServer } = await import(entry);
const rounds = Number(values.rounds);

for (const [name, options] of Object.entries({
  "another server": {},
  "with now": { now: () => new Date() },
  "with faults": { faults: [{ fault: /** @type {const} */ ("slow-down"), rate: 0.1 }] },
  "that plays Qumulo": { personality: "qumulo" },
  "with a world": { world },
})) {
  row(
    name,
    await repeated(rounds / 2, async () => {
      const server = await startTestServer(options);
      return () => server.close();
    }),
  );
}

await waysBack();
await manyAtOnce(Number(values.servers));

/** @param {string} options @returns {{ imported: Cost, started: Cost }} */
function inProcessOfItsOwn(options) {
  const program = `
    const cost = async (work) => {
      const [begun, before] = [performance.now(), process.cpuUsage()];
      const value = await work();
      const { user, system } = process.cpuUsage(before);
      return [value, { wallMs: performance.now() - begun, cpuMs: (user + system) / 1000 }];
    };
    const [{ startTestServer }, imported] = await cost(() => import(${JSON.stringify(entry)}));
    const [server, started] = await cost(() => startTestServer(${options}));
    await server.close();
    console.log(JSON.stringify({ imported, started }));`;
  return JSON.parse(outputOf(program));
}

/** Modules that an import loads, Node's own apart. */
function loadedModules() {
  const hook = `export const load = (url, context, next) => {
    if (url.startsWith("file:")) process._rawDebug(url);
    return next(url, context);
  };`;
  const program = `
    import { register } from "node:module";
    register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hook)}));
    await import(${JSON.stringify(entry)});`;
  const args = ["--input-type=module", "--eval", program];
  const { stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return stderr.trim().split("\n");
}

/** @param {string} program */
function outputOf(program) {
  const args = ["--input-type=module", "--eval", program];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** With some objects, one of them in a file of its own; each round writes and deletes before it goes back. */
async function waysBack() {
  const server = await startTestServer();
  const { service } = server;
  for (let n = 0; n < Number(values.objects); n += 1) await service.uploadBytes("x", `runs/${n}`);
  await service.uploadBytes(randomBytes(1024 * 1024), "large");
  const full = server.snapshot();
  const change = async () => {
    await service.uploadBytes("y", "runs/0");
    await service.uploadBytes("new", "new");
    await service.deleteFile("runs/1");
  };
  const note = `${values.objects} objects there`;
  row("snapshot()", await repeated(rounds, () => void server.snapshot()), note);
  row(
    "restore() after three changes",
    await repeated(rounds, () => server.restore(full), change),
    note,
  );
  const refill = async () => {
    await server.restore(full);
    await change();
  };
  row("reset()", await repeated(rounds, () => server.reset(), refill), `${note}, all gone`);
  await server.close();
}

/** @param {number} count */
async function manyAtOnce(count) {
  const rss = process.memoryUsage().rss;
  const whole = await costOf(async () => {
    const servers = await Promise.all(Array.from({ length: count }, () => startTestServer()));
    return async () => {
      await Promise.all(servers.map(({ service }, n) => service.uploadBytes(`${n}`, "k")));
      const read = await Promise.all(servers.map(({ service }) => service.getFileContents("k")));
      const wrong = read.filter((bytes, n) => String(bytes) !== `${n}`);
      if (wrong.length > 0) throw new Error("a server has an object of another one");
      const each = (process.memoryUsage().rss - rss) / count / 1024 / 1024;
      console.log(`${count} servers at once hold ${each.toFixed(1)} MiB each`);
      await Promise.all(servers.map((server) => server.close()));
    };
  });
  row(`${count} servers at once ready`, [whole]);
}

/**
 * @param {number} count
 * @param {() => unknown} work what it returns is called afterwards, and not counted
 * @param {() => Promise<void>} [before] is not counted either
 */
async function repeated(count, work, before) {
  const costs = [];
  for (let n = 0; n < count + 2; n += 1) {
    await before?.();
    costs.push(await costOf(work));
  }
  // The first ones warm the compiler up.
  return costs.slice(2);
}

/** @param {() => unknown} work @returns {Promise<Cost>} */
async function costOf(work) {
  const [begun, before] = [performance.now(), process.cpuUsage()];
  const after = await work();
  const { user, system } = process.cpuUsage(before);
  const cost = { wallMs: performance.now() - begun, cpuMs: (user + system) / 1000 };
  if (typeof after === "function") await after();
  return cost;
}

/** @param {string} name @param {readonly Cost[]} costs @param {string} [note] */
function row(name, costs, note) {
  const of = (/** @type {keyof Cost} */ part) => {
    const sorted = costs.map((cost) => cost[part]).sort((a, b) => a - b);
    return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(1).padStart(7);
  };
  const more = note === undefined ? "" : `  (${note})`;
  console.log(`${name.padEnd(36)} ${of("wallMs")} ms  ${of("cpuMs")} ms of CPU${more}`);
}
