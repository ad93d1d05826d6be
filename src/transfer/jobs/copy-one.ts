import { stat } from "node:fs/promises";
import { StorageError } from "../../core/errors.ts";
import type { Buckets } from "../buckets.ts";
import { copyObject } from "../copy/copy-object.ts";
import { downloadFile } from "../download/download-file.ts";
import type { TransferNotice } from "../journal/transfer-notice.ts";
import { localFileError } from "../local/local-file-error.ts";
import { explainedHead } from "../objects/explained-head.ts";
import type { Progress, UploadOptions } from "../transfer-options.ts";
import { uploadFile } from "../upload/upload-file.ts";
import type { CopyJob } from "./copy-job.ts";

/** What the copies of one piece of work share. */
export interface CopyOneOptions {
  readonly buckets: Buckets;
  /** Headers of uploads; the media type is told by the name unless it is given. */
  readonly upload: Omit<UploadOptions, "ifAbsent" | "signal" | "onProgress" | "onNotice">;
  /** False: AlreadyExists where the target is there. */
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
}

/** Who hears of one copy while it runs. */
export interface CopyListeners {
  readonly onProgress: (progress: Progress) => void;
  readonly onNotice: (notice: TransferNotice) => void;
}

/** Copies one object. Answers its bytes. Throws StorageError. */
export async function copyOne(
  job: CopyJob,
  { buckets, upload, overwrite, signal }: CopyOneOptions,
  { onProgress, onNotice }: CopyListeners,
): Promise<number> {
  switch (job.kind) {
    case "upload": {
      const options = uploadOptions({ upload, overwrite, signal });
      const { bucket, key } = job.to;
      const told = { ...options, keepModifiedTime: true, onProgress, onNotice };
      return (await uploadFile(buckets.of(bucket), job.file, key, told)).sizeBytes;
    }
    case "download": {
      if (!overwrite) await assertNoFile(job.file);
      const options = { signal, onProgress, onNotice, keepModifiedTime: true };
      const { bucket, key } = job.from;
      return (await downloadFile(buckets.of(bucket), key, job.file, options)).sizeBytes;
    }
    case "copy": {
      const sourceStore = buckets.of(job.from.bucket).store;
      const options = { signal, ifAbsent: !overwrite, sourceStore };
      const target = buckets.of(job.to.bucket);
      return (await copyObject(target, job.from.key, job.to.key, options)).sizeBytes;
    }
  }
}

/** What a dry run can tell of one object: that it is there, and its size. */
export async function sizeOf(
  job: CopyJob,
  { buckets, signal }: Pick<CopyOneOptions, "buckets" | "signal">,
): Promise<number> {
  if (job.kind === "upload") {
    const found = await stat(job.file).catch((error: unknown) => {
      throw localFileError("uploadFile", job.file, error);
    });
    return found.size;
  }
  const { bucket, key } = job.from;
  return (await explainedHead(buckets.of(bucket).store, key, { signal })).sizeBytes;
}

/** The options of one upload. */
export function uploadOptions({
  upload,
  overwrite,
  signal,
}: Omit<CopyOneOptions, "buckets">): UploadOptions {
  return { ...upload, signal, ...(!overwrite && { ifAbsent: true }) };
}

async function assertNoFile(file: string): Promise<void> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (exists) throw new StorageError("AlreadyExists", `${file} exists already.`);
}
