import { lstat, stat, unlink } from "node:fs/promises";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { sameEtag } from "../../core/same-etag.ts";
import type { Buckets } from "../buckets.ts";
import { localFileError } from "../local/local-file-error.ts";
import { removeWhatReturns } from "../replace/delete-for-good.ts";
import { parseStagingKey } from "../replace/staging-key.ts";
import type { CopyJob } from "./copy-job.ts";
import type { CopiedObject } from "./copy-one.ts";

/** What a file was before it was copied. */
export interface FileIdentity {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ino: bigint;
}

interface Stores {
  readonly buckets: Buckets;
  readonly sourceBuckets?: Buckets;
  readonly signal: AbortSignal;
}

/** Undefined of what is not there. */
export async function identifyFile(path: string): Promise<FileIdentity | undefined> {
  return stat(path, { bigint: true }).catch(() => undefined);
}

/**
 * The second half of a move: looks whether the copy is there and whole, then deletes what was
 * copied, and nothing that has come in its place. Throws StorageError; the source is then still
 * there.
 */
export async function removeSource(
  job: CopyJob,
  copied: CopiedObject,
  { before, ...stores }: Stores & { readonly before: FileIdentity | undefined },
): Promise<void> {
  await assertWhole(job, copied, stores);
  if (job.kind === "upload") {
    await removeFile(job.file, before);
    return;
  }
  const { store } = (stores.sourceBuckets ?? stores.buckets).of(job.from.bucket);
  await removeObject(store, job, copied.sourceEtag ?? "", stores.signal);
}

async function assertWhole(
  job: CopyJob,
  { sizeBytes, targetEtag = "" }: CopiedObject,
  { buckets, signal }: Stores,
): Promise<void> {
  if (job.kind === "download") {
    const found = await lstat(job.file).catch(() => undefined);
    if (found?.isFile() === true && found.size === sizeBytes) return;
    throw kept(job.file, "the file is not there as it was written");
  }
  const { store } = buckets.of(job.to.bucket);
  const head = await store.headObject(job.to.key, { signal }).catch((error: unknown) => {
    throw isStorageError(error) && !signal.aborted ? unseen(job.to, error) : error;
  });
  const isSame = targetEtag === "" || head.etag === "" || sameEtag(head.etag, targetEtag);
  if (isSame && head.sizeBytes === sizeBytes) return;
  throw kept(formatS3Uri(job.to), "the object is not the one that was written");
}

function unseen(to: S3Uri, error: StorageError): StorageError {
  const place = formatS3Uri(to);
  const message = `${place} was written, but cannot be looked at, so the source of the move was kept: ${error.message}`;
  return restateError(error, { message, operation: "move" });
}

async function removeFile(path: string, before: FileIdentity | undefined): Promise<void> {
  const now = await identifyFile(path);
  const isSame =
    now?.size === before?.size && now?.mtimeNs === before?.mtimeNs && now?.ino === before?.ino;
  if (!isSame) throw kept(path, "it was changed after it was read");
  await unlink(path).catch((error: unknown) => {
    throw localFileError("move", path, error);
  });
}

async function removeObject(
  store: ObjectStore,
  job: Exclude<CopyJob, { readonly kind: "upload" }>,
  etag: string,
  signal: AbortSignal,
): Promise<void> {
  const { from } = job;
  const { key } = from;
  const head = await store.headObject(key, { signal });
  if (!sameEtag(head.etag, etag)) {
    throw kept(formatS3Uri(from), "it was replaced after it was read");
  }
  // What was moved there is nobody's leftover.
  const isBeside = job.kind === "copy" && parseStagingKey(job.to.key)?.target === key;
  if (!isBeside) await removeWhatReturns(store, key, { signal });
  const { conditionalWrites } = store.capabilities;
  const ifMatch = conditionalWrites !== "no" && etag !== "" && { ifMatch: etag };
  try {
    await store.deleteObject(key, { ...ifMatch, signal });
  } catch (error) {
    // Conditional deletes came to S3 years after conditional writes; the HEAD has to do.
    const isUnknown = isStorageError(error, "NotSupported") || isNotImplemented(error);
    if (ifMatch === false || !isUnknown) throw error;
    await store.deleteObject(key, { signal });
  }
}

function isNotImplemented(error: unknown): boolean {
  return isStorageError(error) && error.status === 501;
}

function kept(source: string, why: string): StorageError {
  return new StorageError("Conflict", `${source}: ${why}, so the source of the move was kept.`, {
    operation: "move",
    remedy: "Move it again once nothing else writes to either side.",
  });
}
