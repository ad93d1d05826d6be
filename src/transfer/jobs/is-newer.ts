import { stat } from "node:fs/promises";
import { isStorageError } from "../../core/errors.ts";
import type { S3Uri } from "../../core/object-key.ts";
import type { ObjectHead, ObjectStore } from "../../core/object-store.ts";
import type { Buckets } from "../buckets.ts";
import { explainedHead } from "../objects/explained-head.ts";
import { readModifiedSeconds } from "../modified-time.ts";
import { isMissingObject } from "../objects/object-exists.ts";
import type { CopyJob } from "./copy-job.ts";

/** Between two times that are the same but went through numbers of seconds. */
const toleranceSeconds = 0.001;

interface Stores {
  readonly buckets: Buckets;
  readonly sourceBuckets?: Buckets;
  readonly signal: AbortSignal;
}

/**
 * Whether the source was changed after the target, or the target is not there. The time of an object
 * is its metadata `mtime`, else LastModified. One HEAD of the target in S3, and one of a source in S3
 * whose listed time does not tell already. Throws StorageError.
 */
export async function isNewer(job: CopyJob, stores: Stores): Promise<boolean> {
  const target =
    job.kind === "download"
      ? await fileSeconds(job.file)
      : await objectSeconds(stores.buckets.of(job.to.bucket).store, job.to, stores.signal);
  if (target === undefined) return true;
  if (job.kind === "upload") {
    const source = await fileSeconds(job.file);
    // One that has gone is told by its upload.
    return source === undefined || source > target + toleranceSeconds;
  }
  const { listed, from } = job;
  // A file was changed before it was uploaded.
  const isOld = listed !== undefined && listed.lastModified.getTime() / 1000 <= target;
  if (isOld) return false;
  const { store } = (stores.sourceBuckets ?? stores.buckets).of(from.bucket);
  const source = await objectSeconds(store, from, stores.signal, job.versionId);
  return source === undefined || source > target + toleranceSeconds;
}

async function fileSeconds(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? undefined : found.mtimeMs / 1000;
}

async function objectSeconds(
  store: ObjectStore,
  { key }: S3Uri,
  signal: AbortSignal,
  versionId?: string,
): Promise<number | undefined> {
  try {
    const version = versionId !== undefined && { versionId };
    return modifiedSeconds(await explainedHead(store, key, { ...version, signal }));
  } catch (error) {
    if (isStorageError(error) && isMissingObject(error)) return undefined;
    throw error;
  }
}

function modifiedSeconds({ metadata, lastModified }: ObjectHead): number {
  return readModifiedSeconds(metadata) ?? lastModified.getTime() / 1000;
}
