// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/prepare.mjs";
import { serverResultIds } from "../peers/server-results.mjs";
import { workloads } from "../workloads/workload-list.mjs";
/** @import { Result } from "./result.mjs" */

const folder = join(root, "bench/results");

/** @returns {Result[]} in the order of the workloads, then of the servers, of those that were measured */
export function readResults() {
  const ids = [...workloads.map(({ id }) => id), ...serverResultIds];
  return ids
    .map((id) => join(folder, `${id}.json`))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, "utf8")));
}
