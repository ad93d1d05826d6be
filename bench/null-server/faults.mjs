// @ts-check
import { randomFrom } from "./content.mjs";

/**
 * @typedef {object} FaultRates shares of all requests
 * @property {number} seed
 * @property {number} [unavailable] 503 SlowDown, when the body is there
 * @property {number} [reset] the connection breaks in the middle of the body, whichever side has it
 * @property {number} [stall] nothing moves for `stallMs` in the middle of the body
 * @property {number} [stallMs] default 30,000
 */

/** @typedef {"none" | "unavailable" | "reset" | "stall"} Fault */

/**
 * The fault of the next request, again and again; the same series for a seed.
 * @param {FaultRates} rates
 * @returns {() => Fault}
 */
export function faultSeries({ seed, unavailable = 0, reset = 0, stall = 0 }) {
  const random = randomFrom(seed);
  return () => {
    const drawn = random();
    if (drawn < unavailable) return "unavailable";
    if (drawn < unavailable + reset) return "reset";
    return drawn < unavailable + reset + stall ? "stall" : "none";
  };
}
