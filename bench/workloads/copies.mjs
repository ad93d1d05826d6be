// @ts-check
// P13: copies that the store makes itself.
import { assertCount, contendersFor, gibibyte, atMost, ours } from "./workload.mjs";
/** @import { Workload } from "./workload.mjs" */

/** @type {Workload} */
const small = {
  id: "P13-small",
  title: "Small objects copied within the store",
  server: "null",
  unit: { name: "object", cpu: "ms" },
  bars: [],
  prepare: async (bench) => {
    const many = { prefix: "many/", count: 10_000, minBytes: 4096 };
    const few = { prefix: "few/", count: 1000, minBytes: 4096 };
    await bench.provide([many, few]);
    const contenders = contendersFor(
      bench,
      "copyTree",
      (command, { isSlow }) => {
        const set = isSlow ? few : many;
        return {
          units: set.count,
          argv: command(set.prefix, `copied/${set.prefix}`),
          check: (_, stats) =>
            assertCount(stats?.byOperation["CopyObject"] ?? 0, set.count, "copies"),
        };
      },
      "up",
    );
    return { what: "10,000 objects of 4 KiB; slow tools have 1,000", contenders };
  },
};

/** @type {Workload} */
const large = {
  id: "P13",
  title: "One object above 5 GB copied within the store",
  server: "null",
  unit: { name: "copy", cpu: "ms" },
  bars: [atMost("requests, of which the parts are most", 800, ours("requests"))],
  prepare: async (bench) => {
    const set = { prefix: "large/", count: 1, perFolder: 0, minBytes: 6 * gibibyte };
    await bench.provide([set]);
    const contenders = contendersFor(
      bench,
      "copyFile",
      (command) => ({
        units: 1,
        argv: command("large/f0000000.dat", "copied.dat"),
        check: async (_, stats) => {
          const { UploadPartCopy = 0, CopyObject = 0 } = stats?.byOperation ?? {};
          if (CopyObject > 0) throw new Error("asked for a copy that S3 refuses above 5 GB");
          if (UploadPartCopy < 2) throw new Error("it was not copied");
        },
      }),
      "up",
    );
    return { what: "6 GiB", contenders };
  },
};

export const copies = [small, large];
