// @ts-check
// What Linux knows of a process and those that it has started.
import { readFileSync, readdirSync } from "node:fs";

const ticksPerSecond = 100;
const kib = 1024;

/** Seconds of CPU, in user and system mode, of those that live and those that have ended. @param {number} pid */
export function cpuSeconds(pid) {
  let seconds = 0;
  for (const one of familyOf(pid)) {
    const fields = statOf(one);
    // utime, stime, and the same of children that were waited for.
    for (const index of [11, 12, 13, 14]) seconds += Number(fields[index] ?? 0) / ticksPerSecond;
  }
  return seconds;
}

/** MiB in memory, of all together; without pages of the index that are mapped from its file. @param {number} pid */
export function residentMiB(pid) {
  let bytes = 0;
  for (const one of familyOf(pid)) {
    const maps = textOf(`/proc/${one}/smaps`);
    let isIndex = false;
    for (const line of maps.split("\n")) {
      if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) isIndex = line.endsWith("/data.mdb");
      else if (!isIndex && line.startsWith("Rss:")) bytes += Number(/\d+/.exec(line)?.[0]) * kib;
    }
  }
  return bytes / kib ** 2;
}

/** @param {number} pid @returns {number[]} itself first */
function familyOf(pid) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))[1] ?? -1);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const family = [pid];
  for (const one of family) family.push(...(children.get(one) ?? []));
  return family;
}

/** What stands behind the name: state, parent, ... Empty: it has ended. @param {number} pid */
function statOf(pid) {
  const text = textOf(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** @param {string} path */
function textOf(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
