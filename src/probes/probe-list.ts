import { attributesProbe } from "./attributes.ts";
import { cleanUpProbe } from "./clean-up.ts";
import { headMissingProbe } from "./head-missing.ts";
import { listProbe } from "./list.ts";
import { multipartProbe } from "./multipart.ts";
import type { Probe } from "./probe.ts";
import { readBackProbe } from "./read-back.ts";
import { smallUploadProbe } from "./small-upload.ts";

/** In their order; the clean-up is last and always runs. */
export const probes: readonly Probe[] = [
  smallUploadProbe,
  readBackProbe,
  headMissingProbe,
  attributesProbe,
  listProbe,
  multipartProbe,
  cleanUpProbe,
];
