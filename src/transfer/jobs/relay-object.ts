import { isStorageError } from "../../core/errors.ts";
import { gatherBytes } from "../../core/gather-bytes.ts";
import { transferLimits } from "../../core/limits.ts";
import type { S3Uri } from "../../core/object-key.ts";
import type { ObjectHead, ObjectTags } from "../../core/object-store.ts";
import { changedHeaders } from "../copy/object-changes.ts";
import { openObject } from "../download/open-object.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { UploadOptions } from "../transfer-options.ts";
import { uploadBytes } from "../upload/upload-object.ts";
import { uploadStream } from "../upload/upload-stream.ts";
import type { CopiedObject } from "./copy-one.ts";

/** An object of one store that becomes one of another. */
export interface Relay {
  readonly from: S3Uri;
  readonly to: S3Uri;
  readonly versionId?: string;
  readonly source: TransferContext;
  readonly target: TransferContext;
}

/**
 * Copies through this machine, for stores that cannot reach each other: verified as it is read,
 * checked as it is written, with headers, metadata and tags. Nothing is written of a source that
 * breaks off or changes. The storage class stays behind: other stores have others. Throws
 * StorageError.
 */
export async function relayObject(relay: Relay, options: UploadOptions): Promise<CopiedObject> {
  const { from, to, source, target, versionId } = relay;
  const { signal } = options;
  const opened = await openObject(source, from.key, {
    ...(versionId !== undefined && { versionId }),
    ...(signal !== undefined && { signal }),
  });
  const { head, body } = opened;
  try {
    const { storageClass: _, ...own } = head;
    const tags = options.tags ?? (await tagsOf(source, head, options));
    const { onProgress, onNotice: _nothingToResume, ...wishes } = options;
    const stored = {
      ...wishes,
      ...changedHeaders(own, options),
      ...(tags !== undefined && { tags }),
    };
    const total = { totalBytes: head.sizeBytes };
    // Read whole, so that many small objects take no buffer of a whole part each.
    const isSmall = head.sizeBytes < transferLimits.partBytes;
    const bytes = isSmall ? await gatherBytes(body, transferLimits.partBytes) : undefined;
    const { sizeBytes, put } =
      bytes === undefined
        ? await uploadStream(target, body, to.key, {
            ...stored,
            expectedBytes: head.sizeBytes,
            onProgress: (news) => onProgress?.({ ...news, ...total }),
          })
        : await uploadBytes(target, bytes, to.key, {
            ...stored,
            ...(onProgress && { onProgress }),
          });
    return { sizeBytes, sourceEtag: head.etag, targetEtag: put.etag };
  } finally {
    await body[Symbol.asyncIterator]().return?.();
  }
}

/** Asked for only where there are some; a store without tags has none. */
async function tagsOf(
  { store }: TransferContext,
  { key, tagCount, versionId }: ObjectHead,
  { signal }: UploadOptions,
): Promise<ObjectTags | undefined> {
  if (tagCount === undefined) return undefined;
  try {
    return await store.getObjectTags(key, {
      ...(versionId !== undefined && { versionId }),
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    if (isStorageError(error, "NotSupported")) return undefined;
    throw error;
  }
}
