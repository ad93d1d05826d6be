// @ts-check
// P6, P7: keys listed and printed.
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { keyAt } from "../null-server/synthetic-keys.mjs";
import { assertCount, atLeast, atMost, contendersFor, ours, ratioTo } from "./workload.mjs";
/** @import { Workload } from "./workload.mjs" */

const unit = /** @type {const} */ ({ name: "key", cpu: "us" });

/** @type {(command: "list" | "listJson", count: number) => Workload} */
const list = (command, count) => ({
  id: ["P6", ...(command === "listJson" ? ["json"] : []), ...(count > 100_000 ? ["1m"] : [])].join(
    "-",
  ),
  title: `${count.toLocaleString("en")} keys listed, ${command === "list" ? "as text" : "as JSON"}`,
  server: "null",
  unit,
  ...(count > 100_000 && { rounds: 1 }),
  bars: [
    atMost("CPU per key printed, us", 5, ours("cpuPerUnit")),
    atMost("peak RSS, MiB", 120, ours("rssMiB")),
    atMost("CPU against s5cmd", 1, ratioTo("cpuPerUnit", "s5cmd")),
  ],
  prepare: async (bench) => {
    const many = { prefix: "many/", count, minBytes: 4096 };
    const few = { prefix: "few/", count: 10_000, minBytes: 4096 };
    await bench.provide([many, few]);
    const tools =
      count > 100_000 && bench.scale === "ci"
        ? bench.tools.filter(({ name }) => name === "sms-storage")
        : bench.tools;
    const contenders = contendersFor(
      { ...bench, tools },
      command,
      (argvFor, { isSlow }) => {
        const set = isSlow ? few : many;
        return {
          units: set.count,
          argv: argvFor(set.prefix),
          check: ({ output }) => {
            if (output.lines < set.count) throw new Error(`${output.lines} lines came`);
          },
        };
      },
      "down",
    );
    return { what: `${count.toLocaleString("en")} keys; slow tools have 10,000`, contenders };
  },
});

const delayMs = 30;

/** @type {Workload} */
const delayed = {
  id: "P7",
  title: `Keys listed from a store that takes ${delayMs} ms for each page`,
  server: "null",
  unit,
  rounds: 2,
  bars: [
    atLeast("times faster than the pages one after another could be", 8, (medians) => {
      const { wallS, units } = medians["sms-storage"] ?? {};
      if (wallS === undefined || units === undefined) return;
      return ((units / 1000) * delayMs) / 1000 / wallS;
    }),
  ],
  prepare: async (bench) => {
    const count = 1_000_000;
    const set = { prefix: "many/", count, minBytes: 4096 };
    const few = { prefix: "few/", count: 100_000, minBytes: 4096 };
    await bench.provide([set, few], { listDelayMs: delayMs });
    const listed = join(bench.folder, "listed.txt");
    const tools = bench.tools.filter(({ name }) => name === "sms-storage" || name === "s5cmd");
    const contenders = contendersFor(
      { ...bench, tools },
      "list",
      (command, { name }) => {
        const own = name === "sms-storage" ? set : few;
        return {
          units: own.count,
          argv: command(own.prefix),
          stdout: listed,
          check: () => assertOrder(listed, own),
        };
      },
      "down",
    );
    return { what: "1,000,000 keys; s5cmd has 100,000", contenders };
  },
};

/**
 * Every key once and in order.
 * @param {string} path
 * @param {import("../null-server/synthetic-keys.mjs").DataSet} set
 */
async function assertOrder(path, set) {
  let index = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const name = keyAt(set, index).slice(set.prefix.length);
    if (!line.endsWith(name)) throw new Error(`line ${index} is ${line} instead of ${name}`);
    index += 1;
  }
  assertCount(index, set.count, "keys");
}

export const listing = [
  list("list", 100_000),
  list("listJson", 100_000),
  list("list", 1_000_000),
  delayed,
];
