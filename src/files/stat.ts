import type { ObjectHead } from "../core/object-store.ts";
import { deleteForGood } from "../transfer/replace/delete-for-good.ts";
import { neededHead } from "../transfer/objects/explained-head.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { ReadOptions } from "../transfer/transfer-options.ts";
import { inScope } from "../transfer/operation-scope.ts";
import type { DeleteFileOptions, FileStat } from "./result-types.ts";

export async function stat(
  context: TransferContext,
  key: string,
  options: ReadOptions = {},
): Promise<FileStat> {
  const { versionId } = options;
  const version = versionId !== undefined && { versionId };
  return inScope("stat", options, async ({ signal }) =>
    toFileStat(await neededHead(context.store, key, { ...version, signal })),
  );
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
  key: string,
  options: DeleteFileOptions = {},
): Promise<void> {
  const { mustExist, versionId, ifMatch } = options;
  const version = versionId !== undefined && { versionId };
  await inScope("deleteFile", options, async ({ signal }) => {
    if (mustExist === true) await neededHead(context.store, key, { ...version, signal });
    await deleteForGood(context.store, key, {
      ...version,
      ...(ifMatch !== undefined && { ifMatch }),
      signal,
    });
  });
}
