import { isStorageError, type StorageError } from "../../core/errors.ts";
import { formatS3Uri } from "../../core/object-key.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { explainedHead, isUnderOwnKey } from "../../transfer/objects/explained-head.ts";
import { isMissingObject } from "../../transfer/objects/object-exists.ts";
import { deleteForGood } from "../../transfer/replace/delete-for-good.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { missingObject, whatIsThere } from "../missing-object.ts";

/** One object, or one of its versions. */
export interface Removal {
  readonly key: string;
  readonly versionId?: string;
  readonly dryRun: boolean;
}

/**
 * Deletes one object after a look at it: S3 answers a delete of what never was as one of what was, and
 * marks it deleted. Answers false where nobody may look, so that it deletes without knowing. Throws
 * NotFound, and UsageError for a folder.
 */
export async function removeObject(
  { runtime: { signal } }: { readonly runtime: Pick<CommandContext["runtime"], "signal"> },
  store: ObjectStore,
  removal: Removal,
): Promise<boolean> {
  const { key, versionId, dryRun } = removal;
  const version = versionId !== undefined && { versionId };
  const seen = await look(store, removal, signal);
  if (typeof seen === "object") throw await nothingToDelete(store, key, seen, signal);
  if (!dryRun) await deleteForGood(store, key, { ...version, signal });
  return seen === "there";
}

/** A StorageError: it is missing. */
async function look(
  store: ObjectStore,
  { key, versionId }: Removal,
  signal: AbortSignal,
): Promise<"there" | "unseen" | StorageError> {
  try {
    await explainedHead(store, key, { ...(versionId !== undefined && { versionId }), signal });
    return "there";
  } catch (error) {
    if (!isStorageError(error)) throw error;
    if (isMissingObject(error)) return error;
    // A delete asks for no key.
    if (isUnderOwnKey(error)) return "there";
    // A version that is a delete marker can be deleted, but not looked at.
    if (versionId !== undefined && error.status === 405) return "there";
    if (error.code !== "PermissionDenied") throw error;
    return versionId === undefined ? lookInListing(store, key, signal, error) : "unseen";
  }
}

/** Who may list but not read sees as much in a listing. */
async function lookInListing(
  store: ObjectStore,
  key: string,
  signal: AbortSignal,
  refusal: StorageError,
): Promise<"there" | "unseen" | StorageError> {
  try {
    const { objects } = await store.listObjects({ prefix: key, maxKeys: 1, signal });
    return objects[0]?.key === key ? "there" : refusal;
  } catch (error) {
    if (isStorageError(error, "PermissionDenied")) return "unseen";
    throw error;
  }
}

async function nothingToDelete(
  store: ObjectStore,
  key: string,
  missing: StorageError,
  signal: AbortSignal,
): Promise<Error> {
  const found = await whatIsThere(store, key, { missing, signal });
  const place = { bucket: store.bucket, key };
  if (found !== "folder") return missingObject(place, found, missing);
  return new UsageError(
    `${formatS3Uri(place)} is a folder: there is no object of that name, but there are some below it.`,
    "Add --recursive to delete all that is below it; --dry-run shows what that is.",
  );
}
