// @ts-check
// What bench/server.mjs writes, in the form of the other results, so that the same report shows it.
import { atMost, ours } from "../workloads/workload.mjs";
/** @import { Bar, Medians } from "../workloads/workload.mjs" */
/** @import { Figure, FigureName } from "./measure-peer.mjs" */
/** @import { Peer } from "./peer.mjs" */

/** @typedef {{ cipherSecondsPerGiB: number, cipherMsPerObject: number, words: string }} Machine */
/** @typedef {{ peer: Peer, runs: Record<FigureName, Figure>[], failure?: string }} Account */

/**
 * @typedef {object} Shown
 * @property {string} id
 * @property {FigureName} figure
 * @property {string} title
 * @property {string} what
 * @property {{ name: string, cpu: "ms" | "s" }} unit
 * @property {(machine: Machine) => readonly Bar[]} bars
 */

/** Ours, less what AES-256-GCM costs by itself. @param {number} share @returns {Bar["value"]} */
const withoutCipher = (share) => (medians) => {
  const cpu = medians["sms-storage"]?.["cpuPerUnit"];
  return cpu === undefined ? undefined : cpu - share;
};

/** @param {Record<string, Medians>} medians */
function startWallMs(medians) {
  const wall = medians["sms-storage"]?.["wallS"];
  return wall === undefined ? undefined : wall * 1000;
}

const cpu = ours("cpuPerUnit");

/** @type {readonly Shown[]} */
const shown = [
  {
    id: "S1",
    figure: "put",
    title: "Server: small objects in",
    what: "10,000 objects of 4 KiB by s5cmd; slow servers have 1,000",
    unit: { name: "object", cpu: "ms" },
    bars: ({ cipherMsPerObject }) => [
      atMost("CPU, ms per object", 0.4, cpu),
      atMost("the same without AES-256-GCM", 0.4, withoutCipher(cipherMsPerObject)),
    ],
  },
  {
    id: "S2",
    figure: "get",
    title: "Server: small objects out",
    what: "10,000 objects of 4 KiB by s5cmd; slow servers have 1,000",
    unit: { name: "object", cpu: "ms" },
    bars: ({ cipherMsPerObject }) => [
      atMost("CPU, ms per object", 0.2, cpu),
      atMost("the same without AES-256-GCM", 0.2, withoutCipher(cipherMsPerObject)),
    ],
  },
  {
    id: "S3",
    figure: "list",
    title: "Server: pages of listings",
    what:
      "ListObjectsV2, 1,000 keys a page, all keys three times, nothing changed in between: sms-storage keeps " +
      "pages for so long",
    unit: { name: "page", cpu: "ms" },
    bars: () => [atMost("CPU, ms per page", 3, cpu)],
  },
  {
    id: "S3-changed",
    figure: "relist",
    title: "Server: pages of listings, written anew",
    what: "As S3, and afterwards; an object is put before each of the three, so that every page is written anew",
    unit: { name: "page", cpu: "ms" },
    bars: () => [],
  },
  {
    id: "S4",
    figure: "start",
    title: "Server: from its start to its first answer",
    what: "On an empty folder",
    unit: { name: "start", cpu: "ms" },
    bars: () => [atMost("wall, ms", 150, startWallMs)],
  },
  {
    id: "S5",
    figure: "in",
    title: "Server: a large object in",
    what: "1 GiB by s5cmd in parts of 50 MiB; slow servers have a quarter",
    unit: { name: "GiB", cpu: "s" },
    bars: ({ cipherSecondsPerGiB }) => [
      atMost("CPU, s per GiB", 4.5, cpu),
      atMost("the same without AES-256-GCM", 4.5, withoutCipher(cipherSecondsPerGiB)),
    ],
  },
  {
    id: "S6",
    figure: "out",
    title: "Server: a large object out",
    what: "1 GiB by s5cmd; slow servers have a quarter. The memory is that after all of this",
    unit: { name: "GiB", cpu: "s" },
    bars: ({ cipherSecondsPerGiB }) => [
      atMost("CPU, s per GiB", 0.8, cpu),
      atMost("the same without AES-256-GCM", 0.8, withoutCipher(cipherSecondsPerGiB)),
      atMost("RSS without mapped pages of the index, MiB", 200, ours("rssMiB")),
    ],
  },
];

export const serverResultIds = shown.map(({ id }) => id);

/**
 * @param {readonly Account[]} accounts
 * @param {{ rounds: number, machine: Machine }} how
 */
export function serverResults(accounts, { rounds, machine }) {
  return shown.map(({ id, figure, title, what, unit, bars }) => {
    const factor = unit.cpu === "ms" ? 1000 : 1;
    const contenders = accounts.map(({ peer, runs, failure }) => ({
      name: peer.name,
      version: peer.version,
      integrity: peer.promises,
      isFloor: false,
      ...(failure !== undefined && { failure }),
      medians:
        failure === undefined
          ? mediansOf(
              runs.map((run) => run[figure]),
              factor,
            )
          : undefined,
      runs: runs.map((run) => run[figure]),
    }));
    /** @type {Record<string, Medians>} */
    const byName = Object.fromEntries(
      contenders.flatMap(({ name, medians }) => (medians === undefined ? [] : [[name, medians]])),
    );
    const judged = bars(machine).map(({ text, limit, is, value }) => {
      const found = value(byName);
      if (found === undefined) return { text, limit, is };
      return { text, limit, is, value: rounded(found), met: found <= limit };
    });
    const facts = `${what}. ${machine.words}`;
    const server = "of each row its own";
    return {
      id,
      title,
      what: facts,
      server,
      unit,
      scale: "full",
      rounds,
      bars: judged,
      contenders,
    };
  });
}

/** @param {readonly Figure[]} runs @param {number} factor @returns {Medians} */
function mediansOf(runs, factor) {
  const median = (/** @type {(run: Figure) => number} */ of) => {
    const sorted = runs.map(of).toSorted((one, other) => one - other);
    const middle = sorted.length / 2;
    return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
  };
  return {
    units: runs[0]?.units ?? 0,
    cpuS: rounded(median(({ cpuS }) => cpuS)),
    wallS: rounded(median(({ wallS }) => wallS)),
    minWallS: rounded(Math.min(...runs.map(({ wallS }) => wallS))),
    rssMiB: rounded(median(({ rssMiB }) => rssMiB)),
    cpuPerUnit: rounded(median(({ cpuS, units }) => (cpuS / units) * factor)),
    wallPerUnit: rounded(median(({ wallS, units }) => (wallS / units) * factor)),
  };
}

/** @param {number} value to four digits */
function rounded(value) {
  return Number(value.toPrecision(4));
}
