// @ts-check
import { randomFrom } from "./content.mjs";

/**
 * @typedef {object} FaultRates shares of all requests
 * @property {number} seed
 * @property {number} [unavailable] 503 SlowDown, when the body is there
 * @property {number} [reset] the connection breaks in the middle of the body, whichever side has it
 * @property {number} [stall] nothing moves for `stallMs` in the middle of the body
 * @property {number} [stallMs] default 30,000
 * @property {number} [torn] the connection is closed in the middle of the body of an answer, as if it were its end
 * @property {number} [wrong] a bit of the body of an answer is another one
 * @property {number} [slow] the answer takes `slowMs` longer
 * @property {number} [slowMs] default 500
 */

/** @typedef {"none" | "unavailable" | "reset" | "stall" | "torn" | "wrong" | "slow"} Fault */

const kinds = /** @type {const} */ (["unavailable", "reset", "stall", "torn", "wrong", "slow"]);

/**
 * The fault of the next request, again and again; the same series for a seed.
 * @param {FaultRates} rates
 * @returns {() => Fault}
 */
export function faultSeries({ seed, ...rates }) {
  const random = randomFrom(seed);
  return () => {
    let left = random();
    for (const kind of kinds) {
      left -= rates[kind] ?? 0;
      if (left < 0) return kind;
    }
    return "none";
  };
}
