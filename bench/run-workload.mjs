// @ts-check
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeTree } from "./local-trees.mjs";
import { measuredRun } from "./measured-run.mjs";
import { startServer } from "./servers.mjs";
/** @import { DataSet } from "./null-server/synthetic-keys.mjs" */
/** @import { Server } from "./servers.mjs" */
/** @import { Tool } from "./tools/tool.mjs" */
/** @import { Contender, Medians, Scale, Workload } from "./workloads/workload.mjs" */

/** @typedef {{ scale: Scale, rounds: number, tools: readonly Tool[], folder: string }} Plan */

/**
 * @param {Workload} workload
 * @param {Plan} plan
 */
export async function runWorkload(workload, plan) {
  const folder = mkdtempSync(join(plan.folder, "work-"));
  const server = await startServer(workload.server, mkdtempSync(join(plan.folder, "server-")));
  try {
    const provide = (/** @type {DataSet[]} */ sets, more = {}) =>
      provideOn(server, sets, { more, folder: plan.folder, tools: plan.tools });
    const bench = { scale: plan.scale, server, folder, tools: plan.tools, provide };
    const { what, contenders } = await workload.prepare(bench);
    console.log(`\n${workload.id}: ${workload.title} (${what}; ${server.kind} server)`);
    const rounds = workload.rounds ?? plan.rounds;
    const measured = await interleaved(workload, contenders, { server, plan, rounds });
    return conclude(workload, { what, rounds, scale: plan.scale, measured });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @typedef {{ contender: Contender, runs: Record<string, any>[], failure?: string }} Account */

/**
 * @param {Workload} workload
 * @param {readonly Contender[]} contenders
 * @param {{ server: Server, plan: Plan, rounds: number }} how
 */
async function interleaved(workload, contenders, { server, plan, rounds }) {
  const home = join(plan.folder, `home-${workload.id}`);
  mkdirSync(home, { recursive: true });
  /** @type {Account[]} */
  const accounts = contenders.map((contender) => ({ contender, runs: [] }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const account of accounts) {
      const { tool } = account.contender;
      if (account.failure !== undefined) continue;
      // Their start is what is slow about them, which warm caches hardly change.
      if (tool.isSlow && plan.scale === "ci" && round !== 1) continue;
      try {
        const run = await oneRun(account.contender, server, home);
        if (round > 0) account.runs.push(run);
        process.stdout.write(`  ${nameOf(account.contender)} ${run["wallS"].toFixed(2)}s`);
      } catch (error) {
        account.failure = firstLine(error);
        process.stdout.write(`\n  ${nameOf(account.contender)} failed: ${account.failure}\n`);
      }
    }
    process.stdout.write("\n");
  }
  return accounts;
}

/** @param {Contender} contender */
function nameOf({ label, tool }) {
  return label ?? tool.name;
}

/** @param {unknown} error */
function firstLine(error) {
  const text = error instanceof Error ? error.message : String(error);
  // Paths are the machine's, not the result's.
  return (text.split("\n")[0] ?? "").replaceAll(/(?:\/[\w.+-]+){2,}/g, "...").slice(0, 300);
}

/**
 * @param {Contender} contender
 * @param {Server} server
 * @param {string} home
 */
async function oneRun({ tool, argv, stdin, stdout, before, check, perform }, server, home) {
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    LANG: "C.UTF-8",
    ...tool.environment(server),
  };
  await server.reset();
  await before?.();
  const run = (/** @type {readonly string[]} */ args) =>
    measuredRun({
      argv: args,
      env,
      cwd: home,
      ...(stdin !== undefined && { stdin }),
      ...(stdout !== undefined && { stdout }),
    });
  const measured =
    perform === undefined ? await run(argv) : await perform({ run, argv, env, cwd: home });
  const stats = await server.stats();
  const more = await check?.(measured, stats);
  return { ...measured, ...stats, ...(typeof more === "object" && more) };
}

/**
 * @param {Workload} workload
 * @param {{ what: string, rounds: number, scale: Scale, measured: readonly Account[] }} found
 */
function conclude(workload, { what, rounds, scale, measured }) {
  const factor = { s: 1, ms: 1000, us: 1_000_000 }[workload.unit.cpu];
  const contenders = measured.map(({ contender, runs, failure }) => ({
    name: nameOf(contender),
    version: contender.tool.version,
    integrity: contender.integrity,
    isFloor: contender.tool.isFloor === true,
    units: contender.units,
    ...(failure !== undefined && { failure }),
    medians: failure === undefined ? medians(runs, contender.units, factor) : undefined,
    runs,
  }));
  /** @type {Record<string, Medians>} */
  const byName = Object.fromEntries(
    contenders.flatMap(({ name, medians: own }) => (own === undefined ? [] : [[name, own]])),
  );
  const bars = workload.bars.map(({ text, limit, is, value }) => {
    const found = value(byName);
    const met = found === undefined ? undefined : is === "most" ? found <= limit : found >= limit;
    return { text, limit, is, ...(found !== undefined && { value: rounded(found), met }) };
  });
  print(byName, bars, workload);
  const { id, title, server, unit } = workload;
  return { id, title, what, server, unit, scale, rounds, bars, contenders };
}

/** Of each run; and what a workload tells of its own, by names that begin with `x`. */
const told = ["wallS", "cpuS", "rssMiB", "requests", "connections", "bytesIn", "bytesOut"];

/**
 * @param {readonly Record<string, any>[]} runs
 * @param {number} units
 * @param {number} factor
 * @returns {Medians}
 */
function medians(runs, units, factor) {
  /** @type {Medians} */
  const result = { units };
  const own = Object.keys(runs[0] ?? {}).filter((name) => /^x[A-Z]/.test(name));
  for (const name of [...told, ...own]) {
    const values = runs.map((run) => run[name]).filter((value) => typeof value === "number");
    if (values.length > 0) result[name] = rounded(median(values));
  }
  const { wallS = 0, cpuS = 0 } = result;
  result["minWallS"] = rounded(Math.min(...runs.map((run) => run["wallS"])));
  result["cpuPerUnit"] = rounded((cpuS / units) * factor);
  result["wallPerUnit"] = rounded((wallS / units) * factor);
  return result;
}

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? 0, sorted[Math.floor(middle)] ?? 0];
  return (low + high) / 2;
}

/** @param {number} value to four digits */
function rounded(value) {
  return Number(value.toPrecision(4));
}

/**
 * @param {Record<string, Medians>} byName
 * @param {readonly { text: string, limit: number, is: string, value?: number, met?: boolean | undefined }[]} bars
 * @param {Workload} workload
 */
function print(byName, bars, { unit }) {
  const columns = ["wallS", "cpuS", "cpuPerUnit", "rssMiB", "requests", "connections"];
  const rows = Object.entries(byName).map(([name, all]) => [
    name,
    Object.fromEntries(columns.map((column) => [column, all[column]])),
  ]);
  console.log(`  cpuPerUnit: ${unit.cpu} per ${unit.name}`);
  console.table(Object.fromEntries(rows));
  for (const { text, limit, is, value, met } of bars) {
    const verdict = met === undefined ? "unknown" : met ? "met" : "MISSED";
    console.log(`  ${verdict}: ${text} ${value ?? "?"} (at ${is} ${limit})`);
  }
}

/**
 * On a null server they are reckoned; on a real one they are uploaded.
 * @param {Server} server
 * @param {DataSet[]} sets
 * @param {{ more: object, folder: string, tools: readonly Tool[] }} how
 */
async function provideOn(server, sets, { more, folder, tools }) {
  if (server.kind !== "embedded") return server.configure({ dataSets: sets, ...more });
  const [own] = tools;
  const upTree = own?.commands(server).upTree;
  if (own === undefined || upTree === undefined) throw new Error("there is nothing to upload with");
  for (const set of sets) {
    const source = mkdtempSync(join(folder, "source-"));
    makeTree(source, set);
    const env = { ...process.env, ...own.environment(server) };
    await measuredRun({ argv: upTree(source, set.prefix), env, cwd: folder });
    rmSync(source, { recursive: true, force: true });
  }
}
