// @ts-check
// Measures this project's command and every rival found on the machine, in turn (A B C, A B C, ...), so that what
// disturbs one disturbs all. The first round warms up and does not count. Needs Linux and python3.
//
//   npm run bench                                all workloads, small
//   npm run bench -- P1 P5 --rounds 5            some; P5 means all that begin so
//   npm run bench -- --scale full                the whole sizes, all rounds for all tools
//   npm run bench -- P1 --tools s5cmd,rclone     against these alone
//
// Tools are found by S5CMD, AWS, RCLONE, S3CMD, PYTHON (for boto3), else on PATH. Results: bench/results/ID.json;
// `node bench/report.mjs` makes docs/performance.md of them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildIfNeeded, installIfNeeded, root } from "../scripts/prepare.mjs";
/** @import { Contender, Scale, Workload } from "./workloads/workload.mjs" */

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
installIfNeeded();
buildIfNeeded();
const { findTools } = await import("./tools/find-tools.mjs");
const { runWorkload } = await import("./run-workload.mjs");
const { machineFacts, memoryFolder } = await import("./machine.mjs");
const { workloads } = await import("./workloads/workload-list.mjs");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    scale: { type: "string", default: "ci" },
    tools: { type: "string" },
    work: { type: "string" },
    out: { type: "string", default: join(root, "bench/results") },
  },
});
if (values.scale !== "ci" && values.scale !== "full") throw new Error("--scale is ci or full");
const wanted = chosen(positionals);
const { tools, missing } = findTools();
const names = values.tools?.split(",");
const taking = tools.filter(
  ({ name, isFloor }) =>
    isFloor === true || name === "sms-storage" || names?.includes(name) !== false,
);
if (missing.length > 0) console.log(`Not on this machine: ${missing.join(", ")}`);
console.log(taking.map(({ name, version }) => `${name} ${version}`.trim()).join(", "));

// Memory, where the system has it: the disk is not what is measured.
const folder = mkdtempSync(join(values.work ?? memoryFolder() ?? tmpdir(), "sms-bench-"));
mkdirSync(values.out, { recursive: true });
process.setMaxListeners(0);
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    console.log(`ended by ${signal}`);
    process.exit(1);
  });
}
try {
  for (const workload of wanted) {
    const result = await runWorkload(workload, {
      scale: values.scale,
      rounds: Number(values.rounds),
      tools: taking,
      folder,
    });
    const record = {
      ...result,
      date: new Date().toISOString().slice(0, 10),
      machine: machineFacts(folder),
    };
    writeFileSync(join(values.out, `${workload.id}.json`), `${JSON.stringify(record, null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {readonly string[]} ids */
function chosen(ids) {
  const all = workloads.filter(({ scale }) => scale === undefined || scale === values.scale);
  if (ids.length === 0) return all;
  // By its own name a workload runs at any scale.
  for (const id of ids) {
    if (!workloads.some((one) => isMeant(one, id))) throw new Error(`there is no workload ${id}`);
  }
  return workloads.filter(
    (one) => ids.includes(one.id) || (all.includes(one) && ids.some((id) => isMeant(one, id))),
  );
}

/**
 * @param {Workload} workload
 * @param {string} id
 */
function isMeant(workload, id) {
  return workload.id === id || workload.id.startsWith(`${id}-`);
}
