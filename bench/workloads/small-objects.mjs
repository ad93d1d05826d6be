// @ts-check
// P1, P2, P3: many objects of 4 KiB up, down and away.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { assertContent, filesOf, makeTree } from "../local-trees.mjs";
import { assertCount, atMost, contendersFor, kibibyte, ours, ratioTo } from "./workload.mjs";
/** @import { Bench, Workload } from "./workload.mjs" */

const unit = /** @type {const} */ ({ name: "object", cpu: "ms" });
/** Slow tools have a tenth of them. */
const many = { prefix: "many/", count: 10_000, minBytes: 4 * kibibyte };
const few = { prefix: "few/", count: 1000, minBytes: 4 * kibibyte };
const what = "10,000 objects of 4 KiB; slow tools have 1,000";

/** @type {(server: Workload["server"]) => Workload} */
const up = (server) => ({
  id: server === "null" ? "P1" : `P1-${server}`,
  title: "Small objects up, from a tree",
  server,
  unit,
  bars:
    server === "null"
      ? [
          atMost("CPU against s5cmd", 0.6, ratioTo("cpuPerUnit", "s5cmd")),
          atMost("connections", 66, ours("connections")),
          atMost("wall against s5cmd", 0.7, ratioTo("wallPerUnit", "s5cmd")),
        ]
      : [],
  prepare: async (bench) => {
    const { folder } = bench;
    for (const set of [many, few]) makeTree(join(folder, set.prefix), set);
    const make = (
      /** @type {(f: string, p: string) => string[]} */ command,
      /** @type {{ isSlow: boolean }} */ { isSlow },
    ) => {
      const set = isSlow ? few : many;
      return {
        units: set.count,
        argv: command(join(folder, set.prefix.slice(0, -1)), `up/${set.prefix}`),
        check: (/** @type {unknown} */ _, /** @type {any} */ stats) => {
          if (stats !== undefined)
            assertCount(stats.byOperation.PutObject, set.count, "objects put");
        },
      };
    };
    return { what, contenders: contendersFor(bench, "upTree", make, "up") };
  },
});

/** @type {(server: Workload["server"]) => Workload} */
const down = (server) => ({
  id: server === "null" ? "P2" : `P2-${server}`,
  title: "Small objects down, to a tree",
  server,
  unit,
  bars:
    server === "null" ? [atMost("CPU against s5cmd", 0.75, ratioTo("cpuPerUnit", "s5cmd"))] : [],
  prepare: async (bench) => {
    await bench.provide([many, few]);
    const target = join(bench.folder, "down");
    const contenders = contendersFor(
      bench,
      "downTree",
      (command, { isSlow }) => {
        const set = isSlow ? few : many;
        return {
          units: set.count,
          argv: command(set.prefix, target),
          before: () => {
            rmSync(target, { recursive: true, force: true });
            mkdirSync(target);
          },
          check: () => {
            const files = filesOf(target);
            assertCount(files.length, set.count, "files");
            for (const path of files) assertContent(path, set.minBytes);
          },
        };
      },
      "down",
    );
    return { what, contenders };
  },
});

/** @type {(server: Workload["server"]) => Workload} */
const remove = (server) => ({
  id: server === "null" ? "P3" : `P3-${server}`,
  title: "Small objects deleted by prefix",
  server,
  unit,
  bars: [
    ...(server === "null"
      ? [
          atMost("CPU against s5cmd", 1, ratioTo("cpuPerUnit", "s5cmd")),
          atMost("requests for 10,000 keys", 21, ours("requests")),
        ]
      : []),
    atMost("wall against s5cmd", 0.8, ratioTo("wallPerUnit", "s5cmd")),
  ],
  prepare: async (bench) => {
    await bench.provide([many, few]);
    const contenders = contendersFor(
      bench,
      "remove",
      (command, { isSlow }) => {
        const set = isSlow ? few : many;
        return {
          units: set.count,
          argv: command(set.prefix),
          // What a store really holds is gone after a run.
          ...(server !== "null" && { before: () => bench.provide([set]) }),
          check: (_, stats) => {
            if (stats === undefined) return;
            const { DeleteObjects = 0, DeleteObject = 0 } = stats.byOperation;
            if (DeleteObjects * 1000 + DeleteObject < set.count) throw new Error("not all deleted");
          },
        };
      },
      "up",
    );
    return { what: "10,000 keys; slow tools have 1,000", contenders };
  },
});

export const smallObjects = [
  up("null"),
  up("embedded"),
  down("null"),
  down("embedded"),
  remove("null"),
  remove("embedded"),
];
