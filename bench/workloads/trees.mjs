// @ts-check
// P8, P9, P10: trees brought in step, and a tree of all sizes.
import { appendFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { filesOf, makeFile, makeTree } from "../local-trees.mjs";
import { keyAt } from "../null-server/synthetic-keys.mjs";
import {
  assertCount,
  atMost,
  contendersFor,
  gibibyte,
  kibibyte,
  mebibyte,
  ours,
  ratioTo,
} from "./workload.mjs";
/** @import { DataSet } from "../null-server/synthetic-keys.mjs" */
/** @import { Workload } from "./workload.mjs" */

/** @type {(id: string, count: number) => Workload} */
const unchanged = (id, count) => ({
  id,
  title: "A tree synchronised that is in step already",
  server: "null",
  unit: { name: "file", cpu: "us" },
  ...(count > 100_000 && { scale: "full", rounds: 1 }),
  bars: [
    ...(count > 100_000
      ? []
      : [
          atMost("wall, s", 2, ours("wallS")),
          atMost("CPU, s", 2.5, ours("cpuS")),
          atMost("peak RSS, MiB", 150, ours("rssMiB")),
        ]),
    atMost("CPU against s5cmd", 1, ratioTo("cpuPerUnit", "s5cmd")),
  ],
  prepare: async (bench) => {
    const many = { prefix: "many/", count, minBytes: 64 };
    const few = { prefix: "few/", count: 10_000, minBytes: 64 };
    await bench.provide([many, few]);
    for (const set of [many, few]) makeTree(join(bench.folder, set.prefix), set);
    const contenders = contendersFor(
      bench,
      "sync",
      (command, { isSlow }) => {
        const set = isSlow ? few : many;
        return {
          units: set.count,
          argv: command(join(bench.folder, set.prefix.slice(0, -1)), set.prefix),
          check: (_, stats) => assertCount(stats?.byOperation["PutObject"] ?? 0, 0, "objects put"),
        };
      },
      "up",
    );
    return { what: `${count.toLocaleString("en")} files; slow tools have 10,000`, contenders };
  },
});

/** @type {Workload} */
const changed = {
  id: "P9",
  title: "A tree synchronised of which 1 % is changed, 1 % new, 1 % gone",
  server: "null",
  unit: { name: "file", cpu: "us" },
  bars: [
    atMost("requests against pages + changes + batches", 1.1, (medians) => {
      const requests = medians["sms-storage"]?.["requests"];
      return requests === undefined ? undefined : requests / (20 + 400 + 1);
    }),
  ],
  prepare: async (bench) => {
    const set = { prefix: "tree/", count: 20_000, minBytes: 64 };
    await bench.provide([set]);
    const folder = join(bench.folder, "tree");
    makeTree(folder, set);
    for (let index = 0; index < set.count; index += 100) {
      const path = (/** @type {number} */ of) =>
        join(folder, keyAt(set, of).slice(set.prefix.length));
      appendFileSync(path(index), "changed");
      rmSync(path(index + 1));
      makeFile(`${path(index)}.new`, 64);
    }
    const tools = bench.tools.filter(({ name }) => name !== "rclone");
    const contenders = contendersFor(
      { ...bench, tools },
      "syncDelete",
      (command) => ({
        units: set.count,
        argv: command(folder, set.prefix),
        check: (_, stats) => assertCount(stats?.byOperation["PutObject"] ?? 0, 400, "objects put"),
      }),
      "up",
    );
    return { what: "20,000 files", contenders };
  },
};

/** @param {import("./workload.mjs").Bench} bench @returns {DataSet[]} */
function mixture({ scale }) {
  const share = scale === "full" ? 1 : 10;
  return [
    { prefix: "mixed/a/", count: 20_000 / share, minBytes: 4 * kibibyte, maxBytes: 64 * kibibyte },
    { prefix: "mixed/b/", count: 2000 / share, minBytes: mebibyte },
    { prefix: "mixed/c/", count: 20 / share, perFolder: 0, minBytes: 64 * mebibyte },
    { prefix: "mixed/d/", count: 1, perFolder: 0, minBytes: gibibyte / (scale === "full" ? 1 : 4) },
  ];
}

const mixedBars = [
  atMost("wall against s5cmd", 0.8, ratioTo("wallPerUnit", "s5cmd")),
  atMost("CPU against s5cmd", 1, ratioTo("cpuPerUnit", "s5cmd")),
];
const mixedUnit = /** @type {const} */ ({ name: "GiB", cpu: "s" });

/** @param {readonly DataSet[]} sets */
function described(sets) {
  return sets.map(({ count, minBytes }) => `${count} of ${minBytes / kibibyte} KiB`).join(", ");
}

/** @type {Workload} */
const mixedUp = {
  id: "P10-up",
  title: "A tree of small, middling and large files up",
  server: "null",
  unit: mixedUnit,
  bars: mixedBars,
  prepare: async (bench) => {
    const sets = mixture(bench);
    const folder = join(bench.folder, "mixed");
    for (const set of sets) makeTree(join(folder, set.prefix.slice("mixed/".length)), set);
    const bytes = totalBytes(folder);
    const contenders = contendersFor(
      bench,
      "upTree",
      (command) => ({
        units: bytes / gibibyte,
        argv: command(folder, "up/"),
        check: (_, stats) => {
          if ((stats?.bytesIn ?? 0) < bytes) throw new Error("not all was sent");
        },
      }),
      "up",
    );
    return { what: described(sets), contenders: contenders.filter(isQuickOrAws) };
  },
};

/** @type {Workload} */
const mixedDown = {
  id: "P10-down",
  title: "A tree of small, middling and large files down",
  server: "null",
  unit: mixedUnit,
  bars: mixedBars,
  prepare: async (bench) => {
    const sets = mixture(bench);
    await bench.provide(sets);
    const count = sets.reduce((sum, set) => sum + set.count, 0);
    const target = join(bench.folder, "down");
    const sample = join(bench.folder, "sample");
    for (const set of sets) makeTree(join(sample, set.prefix), set);
    const bytes = totalBytes(sample);
    rmSync(sample, { recursive: true });
    const contenders = contendersFor(
      bench,
      "downTree",
      (command) => ({
        units: bytes / gibibyte,
        argv: command("mixed/", target),
        before: () => {
          rmSync(target, { recursive: true, force: true });
          mkdirSync(target);
        },
        check: () => {
          assertCount(filesOf(target).length, count, "files");
          assertCount(totalBytes(target), bytes, "bytes");
        },
      }),
      "down",
    );
    return { what: described(sets), contenders: contenders.filter(isQuickOrAws) };
  },
};

/** @param {import("./workload.mjs").Contender} contender */
function isQuickOrAws({ tool }) {
  return tool.name !== "s3cmd";
}

/** @param {string} folder */
function totalBytes(folder) {
  return filesOf(folder).reduce((sum, path) => sum + statSync(path).size, 0);
}

export const trees = [
  unchanged("P8", 100_000),
  unchanged("P8-1m", 1_000_000),
  changed,
  mixedUp,
  mixedDown,
];
