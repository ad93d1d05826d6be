import { stat } from "node:fs/promises";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { restateError } from "../../core/restate-error.ts";
import type { Progress, UploadOptions } from "../../transfer/transfer-options.ts";
import { localFileError } from "../../transfer/local/local-file-error.ts";
import { formatUri } from "../locations.ts";
import { contentTypeOf } from "./content-type.ts";
import type { CopyJob } from "./copy-job.ts";
import type { CopyServices } from "./copy-services.ts";

export interface CopyOneOptions {
  readonly services: CopyServices;
  readonly upload: UploadOptions;
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Copies one object. Answers its bytes. */
export async function copyOne(job: CopyJob, options: CopyOneOptions): Promise<number> {
  try {
    switch (job.kind) {
      case "upload":
        return await upload(job, options);
      case "download":
        return await download(job, options);
      case "copy":
        return await copy(job, options);
    }
  } catch (error) {
    throw inOptionsOfCommand(error);
  }
}

/** The library's advice names its own options. */
export function inOptionsOfCommand(error: unknown): unknown {
  if (!isStorageError(error, "AlreadyExists")) return error;
  return restateError(error, { remedy: "Choose another name, or leave --no-overwrite out." });
}

/** What a dry run can tell of one object: that it is there, and its size. */
export async function lookAt(job: CopyJob, options: CopyOneOptions): Promise<number> {
  if (job.kind === "upload") {
    const found = await stat(job.file).catch((error: unknown) => {
      throw localFileError("cp", job.file, error);
    });
    return found.size;
  }
  const service = await options.services.open(job.from.bucket);
  const { signal } = options;
  return (await service.stat(formatUri(job.from), { signal })).Size;
}

/** The media type asked for, else what the name tells. */
export function withContentType(options: UploadOptions, name: string): UploadOptions {
  const contentType = options.contentType ?? contentTypeOf(name);
  return contentType === undefined ? options : { ...options, contentType };
}

async function upload(
  job: CopyJob & { readonly kind: "upload" },
  { services, upload: given, onProgress }: CopyOneOptions,
): Promise<number> {
  const service = await services.open(job.to.bucket);
  const options = { ...withContentType(given, job.file), onProgress };
  return (await service.uploadFile(job.file, formatUri(job.to), options)).Size;
}

async function download(
  job: CopyJob & { readonly kind: "download" },
  { services, overwrite, signal, onProgress }: CopyOneOptions,
): Promise<number> {
  const service = await services.open(job.from.bucket);
  if (!overwrite) await assertNoFile(job.file);
  const options = { signal, onProgress, keepModifiedTime: true };
  await service.downloadFile(formatUri(job.from), job.file, options);
  return (await stat(job.file)).size;
}

async function copy(
  job: CopyJob & { readonly kind: "copy" },
  { services, overwrite, signal }: CopyOneOptions,
): Promise<number> {
  const service = await services.open(job.to.bucket);
  const sourceStore = await services.store(job.from.bucket);
  const options = { signal, ifAbsent: !overwrite, sourceStore };
  return (await service.copy(job.from.key, formatUri(job.to), options)).Size;
}

async function assertNoFile(file: string): Promise<void> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (exists) throw new StorageError("AlreadyExists", `${file} exists already.`);
}
