// @ts-check
// P14: what a store that throttles, breaks off and stalls does to a transfer. Contents are judged by their CRC32.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { assertContent, expectedCrc32, filesOf, makeTree } from "../local-trees.mjs";
import { keyAt, sizeAt } from "../null-server/synthetic-keys.mjs";
import { atMost, contendersFor, kibibyte, mebibyte, ours } from "./workload.mjs";
/** @import { FaultRates } from "../null-server/faults.mjs" */
/** @import { DataSet } from "../null-server/synthetic-keys.mjs" */
/** @import { Bench, Contender, Workload } from "./workload.mjs" */

/** @type {DataSet[]} */
const sets = [
  { prefix: "tree/a/", count: 3000, minBytes: 16 * kibibyte, maxBytes: 32 * kibibyte },
  { prefix: "tree/b/", count: 10, perFolder: 0, minBytes: 32 * mebibyte },
];
const total = sets.reduce((sum, { count }) => sum + count, 0);

/** @type {(bench: Bench) => FaultRates} */
const rates = ({ scale }) => ({
  seed: 14,
  unavailable: 0.02,
  reset: 0.01,
  stall: 0.005,
  stallMs: scale === "full" ? 30_000 : 5000,
});

const what =
  "3,000 objects of 16-32 KiB, 10 of 32 MiB; 2 % 503, 1 % resets in the middle, 0.5 % stalls";
const bars = [
  atMost("objects that are wrong", 0, ours("xWrong")),
  atMost("objects that are missing", 0, ours("xMissing")),
];
const unit = /** @type {const} */ ({ name: "object", cpu: "ms" });

/**
 * rclone and the slow ones take minutes for the stalls, so that they wait for the full scale.
 * @param {Bench} bench
 */
function takingPart({ tools, scale }) {
  return scale === "full" ? tools : tools.filter(({ name }) => /^(sms-storage|s5cmd)$/.test(name));
}

/**
 * Each tool as it is and, ours, without faults.
 * @param {readonly Contender[]} contenders
 * @param {(faults: boolean) => Promise<void>} configure
 * @returns {Contender[]}
 */
function withAndWithout(contenders, configure) {
  return contenders.flatMap((contender) => {
    const { before, tool } = contender;
    const under = (/** @type {boolean} */ faults) => async () => {
      await before?.();
      await configure(faults);
    };
    const faulty = { ...contender, before: under(true) };
    const clean = { ...contender, label: `${tool.name}, no faults`, before: under(false) };
    return tool.name === "sms-storage" ? [faulty, clean] : [faulty];
  });
}

/** @type {Workload} */
const up = {
  id: "P14-up",
  title: "A tree up to a store with faults",
  server: "null",
  unit,
  bars,
  prepare: async (bench) => {
    const { server, folder } = bench;
    for (const set of sets) makeTree(join(folder, set.prefix), set);
    const contenders = contendersFor(
      { ...bench, tools: takingPart(bench) },
      "upTree",
      (command) => ({
        units: total,
        argv: command(join(folder, "tree"), "up/"),
        check: async () => {
          const stored = new Map((await server.objects()).map((one) => [one.key, one]));
          let [xWrong, xMissing] = [0, 0];
          for (const set of sets) {
            for (let index = 0; index < set.count; index += 1) {
              const found = stored.get(keyAt(set, index).replace("tree/", "up/"));
              const size = sizeAt(set, index);
              if (found === undefined) xMissing += 1;
              else if (found.size !== size || found.crc32 !== expectedCrc32(size)) xWrong += 1;
            }
          }
          return { xWrong, xMissing };
        },
      }),
      "up",
    );
    const configure = (/** @type {boolean} */ faults) =>
      server.configure({ takesChecksums: true, ...(faults && { faults: rates(bench) }) });
    return { what, contenders: withAndWithout(contenders, configure) };
  },
};

/** @type {Workload} */
const down = {
  id: "P14-down",
  title: "A tree down from a store with faults",
  server: "null",
  unit,
  bars,
  prepare: async (bench) => {
    const { server, folder } = bench;
    const target = join(folder, "down");
    const contenders = contendersFor(
      { ...bench, tools: takingPart(bench) },
      "downTree",
      (command) => ({
        units: total,
        argv: command("tree/", target),
        before: () => {
          rmSync(target, { recursive: true, force: true });
          mkdirSync(target);
        },
        check: () => {
          const there = new Set(filesOf(target));
          let [xWrong, xMissing] = [0, 0];
          for (const set of sets) {
            for (let index = 0; index < set.count; index += 1) {
              const path = join(target, keyAt(set, index).slice("tree/".length));
              if (!there.has(path)) xMissing += 1;
              else if (!isRight(path, sizeAt(set, index))) xWrong += 1;
            }
          }
          return { xWrong, xMissing };
        },
      }),
      "down",
    );
    const configure = (/** @type {boolean} */ faults) =>
      server.configure({ dataSets: sets, ...(faults && { faults: rates(bench) }) });
    return { what, contenders: withAndWithout(contenders, configure) };
  },
};

/**
 * @param {string} path
 * @param {number} size
 */
function isRight(path, size) {
  try {
    assertContent(path, size);
    return true;
  } catch {
    return false;
  }
}

export const faults = [up, down];
