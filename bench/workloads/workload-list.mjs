// @ts-check
import { copies } from "./copies.mjs";
import { faults } from "./faults.mjs";
import { fileServices } from "./file-service.mjs";
import { largeFiles } from "./large-files.mjs";
import { listing } from "./listing.mjs";
import { resume } from "./resume.mjs";
import { smallObjects } from "./small-objects.mjs";
import { startUps } from "./start-up.mjs";
import { trees } from "./trees.mjs";
/** @import { Workload } from "./workload.mjs" */

/** @type {readonly Workload[]} */
export const workloads = [
  ...smallObjects,
  ...largeFiles,
  ...listing,
  ...trees,
  ...startUps,
  ...copies,
  ...faults,
  ...resume,
  ...fileServices,
];
