import type { Reading } from "../core/reading.ts";
import type { AspectName } from "./aspect-name.ts";
import type { DesiredState } from "./desired-state.ts";

/**
 * What Qumulo Core does not have of a bucket's settings. Source: docs.qumulo.com, administrator guide,
 * "Supported S3 functionality and known limits": none of these calls is in its list of actions;
 * "Managing access policies for S3 buckets": Statements, principals of Qumulo and no resources.
 */
const lacks: Partial<Record<AspectName, string>> = {
  "public-access-block": "nothing is public there unless a policy lets Guest read",
  ownership: "access is by files' permissions and policies",
  encryption: "the cluster encrypts as a whole, and Qumulo's administrator sees to it",
  versioning: "it came with Core 7.1.2, and snapshots do the like",
  policy: "its policies are of its own kind, with principals of Qumulo, and are left as they are",
  lifecycle: "test files and old versions stay until somebody deletes them",
};

/** Those that every version lacks, so that a bucket to be made needs no trial. */
const neverThere: ReadonlySet<AspectName> = new Set([
  "public-access-block",
  "ownership",
  "encryption",
  "lifecycle",
]);

/** Why an aspect is not to be had on this Qumulo; undefined: it is, or it is another store. */
export function lackOnQumulo(
  aspect: AspectName,
  desired: DesiredState,
  reading: Reading,
): string | undefined {
  const lack = desired.backend === "qumulo" ? lacks[aspect] : undefined;
  if (lack === undefined) return undefined;
  const isLacking =
    aspect === "policy" ||
    reading.state === "not-supported" ||
    (reading.state === "no-bucket" && neverThere.has(aspect));
  if (!isLacking) return undefined;
  const told = "reason" in reading ? /Qumulo Core \(?([\w.]+)/.exec(reading.reason) : null;
  return `not available on Qumulo${told === null ? "" : ` ${told[1]}`}: ${lack}`;
}

/**
 * A place-holder, which no signature has to name: a cluster of Qumulo calls its region `local` and takes
 * signatures for any. Source: as above.
 */
export function isLocalRegion({ backend }: DesiredState, region: string): boolean {
  return backend === "qumulo" || !/-\d+$/.test(region);
}
