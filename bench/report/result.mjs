// @ts-check

/**
 * What bench/run.mjs writes of one workload.
 * @typedef {object} Result
 * @property {string} id
 * @property {string} title
 * @property {string} what
 * @property {string} server
 * @property {{ name: string, cpu: string }} unit
 * @property {string} scale
 * @property {number} rounds
 * @property {string} date
 * @property {{ cores: number, cpu: string, memoryGiB: number, system: string, node: string, filesIn: string }} machine
 * @property {readonly { text: string, limit: number, is: "least" | "most", value?: number, met?: boolean }[]} bars
 * @property {readonly Side[]} contenders
 */

/**
 * @typedef {object} Side
 * @property {string} name
 * @property {string} version
 * @property {string} integrity
 * @property {boolean} isFloor
 * @property {string} [failure]
 * @property {Record<string, number>} [medians]
 */

/**
 * Three digits, as much as such figures are worth.
 * @param {number | undefined} value
 */
export function told(value) {
  if (value === undefined) return "";
  if (value === 0) return "0";
  const digits = Number(value.toPrecision(3));
  return digits >= 1000 ? digits.toLocaleString("en") : String(digits);
}
