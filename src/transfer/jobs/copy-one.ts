import { stat } from "node:fs/promises";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { formatS3Uri } from "../../core/object-key.ts";
import type { ObjectHeaders, ObjectTags } from "../../core/object-store.ts";
import type { Buckets } from "../buckets.ts";
import { copyObject } from "../copy/copy-object.ts";
import { downloadFile } from "../download/download-file.ts";
import type { TransferNotice } from "../journal/transfer-notice.ts";
import { assertNoFile } from "../local/assert-no-file.ts";
import { localFileError } from "../local/local-file-error.ts";
import { explainedHead, isUnderOwnKey } from "../objects/explained-head.ts";
import { isMissingObject } from "../objects/object-exists.ts";
import type { Progress, ServerSideEncryption, UploadOptions } from "../transfer-options.ts";
import { uploadFile } from "../upload/upload-file.ts";
import type { CopyJob } from "./copy-job.ts";
import { relayObject } from "./relay-object.ts";

/** Headers, tags and encryption of what is written to S3; of copies only what is to be other. */
export interface StoredOptions extends ObjectHeaders {
  readonly tags?: ObjectTags;
  readonly sse?: ServerSideEncryption;
}

/** What the copies of one piece of work share. */
export interface CopyOneOptions {
  readonly buckets: Buckets;
  /** Of sources on another store: bytes then go through this machine. Default: `buckets`. */
  readonly sourceBuckets?: Buckets;
  /** The media type of uploads is told by the name unless it is given. */
  readonly stored: StoredOptions;
  /** False: AlreadyExists where the target is there. */
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
}

/** Who hears of one copy while it runs. */
export interface CopyListeners {
  readonly onProgress: (progress: Progress) => void;
  readonly onNotice: (notice: TransferNotice) => void;
}

/** What was copied, as far as it tells that the copy is whole and what its source was. */
export interface CopiedObject {
  readonly sizeBytes: number;
  /** Of the source in S3. */
  readonly sourceEtag?: string;
  /** Of the target in S3. */
  readonly targetEtag?: string;
}

/** Copies one object. Throws StorageError. */
export async function copyOne(
  job: CopyJob,
  options: CopyOneOptions,
  { onProgress, onNotice }: CopyListeners,
): Promise<CopiedObject> {
  const { buckets, sourceBuckets, stored, overwrite, signal } = options;
  switch (job.kind) {
    case "upload": {
      const { bucket, key } = job.to;
      const wishes = { ...uploadOptions(options), keepModifiedTime: true, onProgress, onNotice };
      const { sizeBytes, put } = await uploadFile(buckets.of(bucket), job.file, key, wishes);
      return { sizeBytes, targetEtag: put.etag };
    }
    case "download": {
      if (!overwrite) await assertNoFile(job.file);
      const { bucket, key } = job.from;
      const source = (sourceBuckets ?? buckets).of(bucket);
      const wishes = { ...versionOf(job), signal, onProgress, onNotice, keepModifiedTime: true };
      const { sizeBytes, etag } = await downloadFile(source, key, job.file, wishes);
      return { sizeBytes, sourceEtag: etag };
    }
    case "copy": {
      const target = buckets.of(job.to.bucket);
      if (sourceBuckets !== undefined) {
        const source = sourceBuckets.of(job.from.bucket);
        return relayObject({ ...job, source, target }, { ...uploadOptions(options), onProgress });
      }
      const sourceStore = buckets.of(job.from.bucket).store;
      const wishes = { ...stored, ...versionOf(job), signal, ifAbsent: !overwrite, sourceStore };
      const copied = await copyObject(target, job.from.key, job.to.key, wishes, job.listed);
      const { sizeBytes, put, sourceEtag } = copied;
      return { sizeBytes, sourceEtag, targetEtag: put.etag };
    }
  }
}

function versionOf({ versionId }: { readonly versionId?: string }): { versionId?: string } {
  return versionId === undefined ? {} : { versionId };
}

/** What a dry run can tell of one object: that it is there and may be copied, and its size. */
export async function sizeOf(
  job: CopyJob,
  options: Pick<CopyOneOptions, "buckets" | "sourceBuckets" | "overwrite" | "signal">,
): Promise<number> {
  if (!options.overwrite) await assertNoTarget(job, options);
  if (job.kind === "upload") {
    const found = await stat(job.file).catch((error: unknown) => {
      throw localFileError("uploadFile", job.file, error);
    });
    return found.size;
  }
  if (job.listed !== undefined) return job.listed.sizeBytes;
  const { buckets, sourceBuckets = buckets, signal } = options;
  const { bucket, key } = job.from;
  const { store } = sourceBuckets.of(bucket);
  return (await explainedHead(store, key, { ...versionOf(job), signal })).sizeBytes;
}

/** The options of one upload. */
export function uploadOptions({
  stored,
  overwrite,
  signal,
}: Pick<CopyOneOptions, "stored" | "overwrite" | "signal">): UploadOptions {
  return { ...stored, signal, ...(!overwrite && { ifAbsent: true }) };
}

async function assertNoTarget(
  job: CopyJob,
  { buckets, signal }: Pick<CopyOneOptions, "buckets" | "signal">,
): Promise<void> {
  if (job.kind === "download") {
    await assertNoFile(job.file);
    return;
  }
  const { bucket, key } = job.to;
  try {
    await explainedHead(buckets.of(bucket).store, key, { signal });
  } catch (error) {
    if (isStorageError(error) && isMissingObject(error)) return;
    if (!isUnderOwnKey(error)) throw error;
  }
  throw new StorageError("AlreadyExists", `${formatS3Uri(job.to)} exists already.`, {
    bucket,
    key,
  });
}
