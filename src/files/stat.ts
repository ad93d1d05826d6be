import { isStorageError } from "../core/errors.ts";
import type { StorageError } from "../core/errors.ts";
import type { CallOptions, ObjectHead } from "../core/object-store.ts";
import { explainedHead } from "./explained-head.ts";
import { toKey } from "./file-context.ts";
import type { FileContext } from "./file-context.ts";
import type { DeleteFileOptions, FileStat, ReadOptions } from "./file-service.ts";
import { isMissingObject } from "./read-contents.ts";

export async function stat(
  context: FileContext,
  path: string,
  options: ReadOptions = {},
): Promise<FileStat> {
  return toFileStat(await explainedHead(context.store, toKey(context, path), options));
}

export function toFileStat(head: ObjectHead): FileStat {
  return {
    Key: head.key,
    Size: head.sizeBytes,
    LastModified: head.lastModified,
    ETag: head.etag,
    Metadata: head.metadata,
    ...(head.storageClass === undefined ? {} : { StorageClass: head.storageClass }),
    ...(head.versionId === undefined ? {} : { VersionId: head.versionId }),
    ...(head.contentType === undefined ? {} : { ContentType: head.contentType }),
    ...(head.encryption === undefined ? {} : { ServerSideEncryption: head.encryption }),
    ...(head.checksum === undefined ? {} : { checksum: head.checksum }),
  };
}

/** False only when proven: by HEAD, and where its answer may mean the bucket, by a GET. */
export async function exists(
  context: FileContext,
  path: string,
  options: CallOptions = {},
): Promise<boolean> {
  const key = toKey(context, path);
  try {
    await explainedHead(context.store, key, options);
    return true;
  } catch (error) {
    if (!isMissingObject(error)) throw error;
    return !(await isProvenMissing(context, key, error as StorageError, options));
  }
}

/**
 * A HEAD answers 404 for a missing bucket as for a missing key, and has no body to tell which. The
 * error of a GET has. Throws what the GET throws when it is neither.
 */
async function isProvenMissing(
  context: FileContext,
  key: string,
  error: StorageError,
  options: CallOptions,
): Promise<boolean> {
  if (error.details["DeleteMarker"] === "true") return true;
  try {
    const { body } = await context.store.getObject(key, {
      ...options,
      range: { first: 0, last: 0 },
    });
    await body[Symbol.asyncIterator]().return?.();
    return false;
  } catch (getError) {
    if (isMissingObject(getError)) return true;
    // An empty object has no first byte.
    if (isStorageError(getError, "RangeNotSatisfiable")) return false;
    throw getError;
  }
}

export async function deleteFile(
  context: FileContext,
  path: string,
  options: DeleteFileOptions = {},
): Promise<void> {
  const key = toKey(context, path);
  const { mustExist, versionId, ifMatch, ...call } = options;
  const version = versionId === undefined ? {} : { versionId };
  if (mustExist === true) await context.store.headObject(key, { ...call, ...version });
  await context.store.deleteObject(key, {
    ...call,
    ...version,
    ...(ifMatch === undefined ? {} : { ifMatch }),
  });
}
