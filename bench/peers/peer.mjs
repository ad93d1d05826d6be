// @ts-check

/**
 * A server of S3 that is measured.
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} version
 * @property {boolean} isSlow has a tenth of the work, in one round
 * @property {string} promises what it does with bytes before it acknowledges them, whether it checks
 *   signatures, and what it knows of the integrity of objects, in words
 * @property {(place: Place) => Start} start
 */

/**
 * @typedef {object} Place
 * @property {string} folder empty, of this start alone
 * @property {number} port free
 */

/**
 * @typedef {object} Start
 * @property {readonly string[]} argv
 * @property {Record<string, string>} env
 * @property {() => Key} key to be called once it answers
 */

/** @typedef {{ accessKeyId: string, secretAccessKey: string }} Key */

export const benchKey = {
  accessKeyId: "benchbenchbenchbench",
  secretAccessKey: "bench-secret-that-opens-nothing",
};
