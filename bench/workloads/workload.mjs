// @ts-check
/** @import { Measured } from "../measured-run.mjs" */
/** @import { Server, Stats } from "../servers.mjs" */
/** @import { Commands, Tool } from "../tools/tool.mjs" */

/**
 * @typedef {"ci" | "full"} Scale
 */

/**
 * What a workload works with.
 * @typedef {object} Bench
 * @property {Scale} scale
 * @property {Server} server
 * @property {string} folder of this workload alone, empty
 * @property {readonly Tool[]} tools
 * @property {(set: import("../null-server/synthetic-keys.mjs").DataSet[], more?: object) => Promise<void>} provide
 *   puts these objects on the server, whichever it is
 */

/**
 * One tool's share.
 * @typedef {object} Contender
 * @property {Tool} tool
 * @property {string} [label] default: the tool's name
 * @property {string} integrity
 * @property {number} units of the workload's unit in one run
 * @property {readonly string[]} argv
 * @property {string} [stdin] a file
 * @property {string} [stdout] a file to write
 * @property {() => unknown} [before] each run; not measured
 * @property {(run: Measured, stats: Stats | undefined) => unknown} [check] throws when the work was not done;
 *   what it answers, names with an `x` first, is reported with the run
 * @property {(how: Performance) => Promise<Measured & Record<string, unknown>>} [perform] instead of one run
 */

/**
 * @typedef {object} Performance
 * @property {(argv: readonly string[]) => Promise<Measured>} run
 * @property {readonly string[]} argv
 * @property {NodeJS.ProcessEnv} env
 * @property {string} cwd
 */

/**
 * @typedef {Record<string, number>} Medians of one contender; `cpuPerUnit` in the workload's words
 */

/**
 * @typedef {object} Bar
 * @property {string} text what is asked for
 * @property {number} limit
 * @property {"least" | "most"} is
 * @property {(medians: Record<string, Medians>) => number | undefined} value undefined: could not be told
 */

/**
 * @typedef {object} Workload
 * @property {string} id
 * @property {string} title
 * @property {Server["kind"]} server
 * @property {{ name: string, cpu: "ms" | "us" | "s" }} unit cpu per unit is told so
 * @property {Scale} [scale] the only one that it is for
 * @property {number} [rounds] counted ones; default: as asked for
 * @property {(bench: Bench) => Promise<{ what: string, contenders: Contender[] }>} prepare
 * @property {readonly Bar[]} bars
 */

/**
 * A contender for every tool that has the command.
 * @template {keyof Commands} Name
 * @param {Bench} bench
 * @param {Name} name
 * @param {(command: NonNullable<Commands[Name]>, tool: Tool) => Omit<Contender, "tool" | "integrity"> & { integrity?: string }} make
 * @param {"up" | "down"} direction
 * @returns {Contender[]}
 */
export function contendersFor({ tools, server }, name, make, direction) {
  return tools.flatMap((tool) => {
    const command = tool.commands(server)[name];
    if (command === undefined) return [];
    const made = make(command, tool);
    return [{ tool, integrity: tool.integrity[direction], ...made }];
  });
}

/**
 * Ours over a rival's.
 * @param {string} metric
 * @param {string} rival
 * @returns {Bar["value"]}
 */
export function ratioTo(metric, rival) {
  return (medians) => {
    const own = medians["sms-storage"]?.[metric];
    const theirs = medians[rival]?.[metric];
    return own === undefined || theirs === undefined ? undefined : own / theirs;
  };
}

/**
 * @param {string} metric
 * @returns {Bar["value"]}
 */
export function ours(metric) {
  return (medians) => medians["sms-storage"]?.[metric];
}

/**
 * @param {string} text
 * @param {number} limit
 * @param {Bar["value"]} value
 * @returns {Bar}
 */
export function atMost(text, limit, value) {
  return { text, limit, is: "most", value };
}

/**
 * @param {string} text
 * @param {number} limit
 * @param {Bar["value"]} value
 * @returns {Bar}
 */
export function atLeast(text, limit, value) {
  return { text, limit, is: "least", value };
}

export const kibibyte = 1024;
export const mebibyte = 1024 * kibibyte;
export const gibibyte = 1024 * mebibyte;

/**
 * @param {number} actual
 * @param {number} expected
 * @param {string} what
 */
export function assertCount(actual, expected, what) {
  if (actual !== expected) throw new Error(`${actual} ${what} instead of ${expected}`);
}
