// @ts-check
import { largeFiles } from "./large-files.mjs";
import { listing } from "./listing.mjs";
import { smallObjects } from "./small-objects.mjs";
import { startUps } from "./start-up.mjs";
/** @import { Workload } from "./workload.mjs" */

/** @type {readonly Workload[]} */
export const workloads = [...smallObjects, ...largeFiles, ...listing, ...startUps];
