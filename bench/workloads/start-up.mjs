// @ts-check
// P12: commands that have hardly anything to do.
import { assertCount, atMost, contendersFor } from "./workload.mjs";
/** @import { Bench, Contender, Medians, Workload } from "./workload.mjs" */

const unit = /** @type {const} */ ({ name: "run", cpu: "ms" });

/** @param {Record<string, Medians>} medians */
function overBareNode(medians) {
  const own = medians["sms-storage"]?.["wallS"];
  const bare = medians["node -e 0 (floor)"]?.["wallS"];
  return own === undefined || bare === undefined ? undefined : (own - bare) * 1000;
}

/** @param {Bench} bench @returns {Contender[]} */
function bareNodeFor(bench) {
  return contendersFor(bench, "nothing", (command) => ({ units: 1, argv: command() }), "up");
}

/** @type {(id: string, title: string, contenders: (bench: Bench) => Contender[]) => Workload} */
const startUp = (id, title, contenders) => ({
  id,
  title,
  server: "null",
  unit,
  rounds: 15,
  bars: [atMost("wall above bare Node, ms", 60, overBareNode)],
  prepare: async (bench) => {
    await bench.provide([{ prefix: "ten/", count: 10, perFolder: 0, minBytes: 4096 }]);
    return { what: title, contenders: [...contenders(bench), ...bareNodeFor(bench)] };
  },
});

export const startUps = [
  startUp("P12", "`ls` of ten keys", (bench) =>
    contendersFor(
      bench,
      "list",
      (command) => ({
        units: 1,
        argv: command("ten/"),
        check: ({ output }) => assertCount(output.lines, 10, "lines"),
      }),
      "down",
    ),
  ),
  startUp("P12-version", "`--version`", (bench) =>
    contendersFor(bench, "version", (command) => ({ units: 1, argv: command() }), "down"),
  ),
  startUp("P12-presign", "`presign`", (bench) =>
    contendersFor(
      bench,
      "presign",
      (command) => ({ units: 1, argv: command("ten/f0000000.dat") }),
      "down",
    ),
  ),
];
