import type { ObjectHead } from "../core/object-store.ts";
import { explainedHead } from "../transfer/objects/explained-head.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { ReadOptions } from "../transfer/transfer-options.ts";
import type { DeleteFileOptions, FileStat } from "./file-service.ts";
import { toKey } from "./to-key.ts";

export async function stat(
  context: TransferContext,
  path: string,
  options: ReadOptions = {},
): Promise<FileStat> {
  return toFileStat(await explainedHead(context.store, toKey(context.store.bucket, path), options));
}

export function toFileStat(head: ObjectHead): FileStat {
  return {
    Key: head.key,
    Size: head.sizeBytes,
    LastModified: head.lastModified,
    ETag: head.etag,
    Metadata: head.metadata,
    ...(head.storageClass !== undefined && { StorageClass: head.storageClass }),
    ...(head.versionId !== undefined && { VersionId: head.versionId }),
    ...(head.contentType !== undefined && { ContentType: head.contentType }),
    ...(head.encryption !== undefined && { ServerSideEncryption: head.encryption }),
    ...(head.checksum !== undefined && { checksum: head.checksum }),
  };
}

export async function deleteFile(
  context: TransferContext,
  path: string,
  options: DeleteFileOptions = {},
): Promise<void> {
  const key = toKey(context.store.bucket, path);
  const { mustExist, versionId, ifMatch, ...call } = options;
  const version = versionId === undefined ? {} : { versionId };
  if (mustExist === true) await context.store.headObject(key, { ...call, ...version });
  await context.store.deleteObject(key, {
    ...call,
    ...version,
    ...(ifMatch !== undefined && { ifMatch }),
  });
}
