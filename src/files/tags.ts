import { isStorageError } from "../core/errors.ts";
import type { ObjectTags, VersionOptions } from "../core/object-store.ts";
import { restateError } from "../core/restate-error.ts";
import { inScope } from "../transfer/operation-scope.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { ReadOptions } from "../transfer/transfer-options.ts";

export async function getTags(
  { store }: TransferContext,
  key: string,
  options: ReadOptions = {},
): Promise<ObjectTags> {
  return inScope("getTags", options, async (scope) =>
    store.getObjectTags(key, versionCall(options, scope.signal)),
  );
}

export async function setTags(
  { store }: TransferContext,
  key: string,
  tags: ObjectTags,
  options: ReadOptions = {},
): Promise<void> {
  await inScope("setTags", options, async (scope) =>
    unlessDeleted(store.putObjectTags(key, tags, versionCall(options, scope.signal)), options),
  );
}

export async function deleteTags(
  { store }: TransferContext,
  key: string,
  options: ReadOptions = {},
): Promise<void> {
  await inScope("deleteTags", options, async (scope) =>
    unlessDeleted(store.deleteObjectTags(key, versionCall(options, scope.signal)), options),
  );
}

/** S3 says of a file that is deleted, but whose versions are kept, that its marker takes no tags. */
async function unlessDeleted(call: Promise<void>, { versionId }: ReadOptions): Promise<void> {
  try {
    await call;
  } catch (error) {
    const isMarker = isStorageError(error) && error.status === 405 && versionId === undefined;
    if (!isMarker) throw error;
    throw restateError(error, {
      code: "NotFound",
      message: `${error.key} is deleted; only older versions of it are kept.`,
      remedy: "Name the version by versionId, or restore the file first.",
    });
  }
}

function versionCall({ versionId }: ReadOptions, signal: AbortSignal): VersionOptions {
  return { signal, ...(versionId !== undefined && { versionId }) };
}
