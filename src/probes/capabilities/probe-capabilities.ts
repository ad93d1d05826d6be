import { isStorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import type { CallOptions, ObjectStore } from "../../core/object-store.ts";
import type { ProbedFact } from "../../core/store-profile.ts";
import type { CapabilityContext, CapabilityProbe } from "./capability-probe.ts";
import { keepingProbes } from "./keeping-probes.ts";
import { listingProbes } from "./listing-probes.ts";
import { partProbes } from "./part-probes.ts";
import { writingProbes } from "./writing-probes.ts";

/** Every probe of what a store can do. */
const capabilityProbes: readonly CapabilityProbe[] = [
  ...writingProbes,
  ...keepingProbes,
  ...listingProbes,
  ...partProbes,
];

/** What became of the objects that the probes wrote. */
export interface CleanUp {
  readonly deleted: number;
  /** Keys that could not be deleted; the prefix, where versions stay that cannot be listed. */
  readonly left: readonly string[];
}

/**
 * Tries everything, fact by fact; one that cannot be told is `unknown`, with the reason. Throws what
 * ends all of it: wrong keys, no such bucket, a stop. What was written has to be cleaned up after.
 */
export async function* probeCapabilities(
  context: CapabilityContext,
): AsyncGenerator<ProbedFact, void> {
  for (const probe of capabilityProbes) {
    try {
      yield* await probe.run(context);
    } catch (error) {
      if (!isStorageError(error) || endsAll(error.code, error.s3Code)) throw error;
      for (const name of probe.names) yield { name, finding: "unknown", detail: error.message };
    }
  }
}

function endsAll(code: string, s3Code: string | undefined): boolean {
  const ends = ["Aborted", "Closed", "ConfigurationError", "Unauthenticated"];
  return ends.includes(code) || s3Code === "NoSuchBucket";
}

/** Deletes all below a prefix: objects, versions, unfinished uploads, and directories once they are empty. */
export async function cleanUpBelow(store: ObjectStore, prefix: string): Promise<CleanUp> {
  const call = { timeoutMs: transferLimits.abortWaitMs };
  await abortUploads(store, prefix, call);
  let deleted = 0;
  let marks = false;
  // A file system shows a directory once it is empty, so there may be more to see afterwards.
  for (let round = 0; round < 5; round += 1) {
    const entries = await entriesBelow(store, prefix, call);
    if (entries.length === 0) return { deleted, left: marks ? [prefix] : [] };
    for (const { key, versionId } of entries) {
      const version = versionId !== undefined && { versionId };
      const answer = await store.deleteObject(key, { ...call, ...version }).catch(() => undefined);
      if (answer !== undefined) deleted += 1;
      // Where versions may not be listed: the bytes stay behind a marker.
      marks ||= answer?.deleteMarker === true && versionId === undefined;
    }
  }
  const left = await entriesBelow(store, prefix, call);
  return { deleted, left: left.map(({ key }) => key) };
}

async function entriesBelow(
  store: ObjectStore,
  prefix: string,
  call: CallOptions,
): Promise<readonly { readonly key: string; readonly versionId?: string }[]> {
  const versions = await store.listObjectVersions({ ...call, prefix }).catch(() => undefined);
  if (versions !== undefined && versions.versions.length > 0) return versions.versions;
  return (await store.listObjects({ ...call, prefix })).objects;
}

async function abortUploads(store: ObjectStore, prefix: string, call: CallOptions): Promise<void> {
  const page = await store.listMultipartUploads({ ...call, prefix }).catch(() => undefined);
  for (const upload of page?.uploads ?? []) {
    if (upload.key.startsWith(prefix)) {
      await store.abortMultipartUpload(upload, call).catch(() => false);
    }
  }
}
