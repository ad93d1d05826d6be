import { endsAll } from "../../core/ends-all.ts";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { replaceLimits } from "../../core/replace-limits.ts";
import type {
  DeleteOptions,
  DeleteResult,
  ListedObject,
  ListPage,
  ObjectHead,
  ObjectStore,
} from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { sameEtag } from "../../core/same-etag.ts";
import { headOrMissing } from "../objects/head-or-missing.ts";
import { listPages } from "../objects/list-pages.ts";
import { runLanes } from "../run-lanes.ts";
import { removeStaged } from "./discard-staged.ts";
import { isOlderThan } from "./remove-abandoned.ts";
import { stagedPages } from "./staged-pages.ts";
import { parseStagingKey, stagingPrefixFor } from "./staging-key.ts";

interface StoppableDelete extends DeleteOptions {
  readonly signal: AbortSignal;
}

/**
 * Deletes an object, and before it the bytes that a dead writer left beside it: else recovery would find a
 * key that holds nothing, and bring them back. One listing more, of a store that is not known to overwrite;
 * others leave nothing beside keys. A version is deleted as it is.
 */
export async function deleteForGood(
  store: ObjectStore,
  key: string,
  options: StoppableDelete,
): Promise<DeleteResult> {
  if (options.versionId === undefined) await removeWhatReturns(store, key, options);
  return store.deleteObject(key, options);
}

/** The first half of `deleteForGood`. What a writer at work may have staged stays. Throws StorageError. */
export async function removeWhatReturns(
  store: ObjectStore,
  key: string,
  options: StoppableDelete,
): Promise<void> {
  if (store.capabilities.overwrite === "yes") return;
  const prefix = stagingPrefixFor(key);
  // Of a key whose name is too long to be told from it, recovery brings nothing back.
  if (parseStagingKey(prefix)?.target !== key) return;
  const staged = new Map<string, ListedObject[]>();
  await collectStaged(store, prefix, stagedPages(store, prefix, options.signal), { staged });
  await removeStagedOf(store, key, staged.get(key) ?? [], options);
}

/**
 * The same for many keys: answers why of each whose staged bytes could not be removed, and which is not to
 * be deleted therefore. One listing of what they have in common, given up where a listing of each is less.
 */
export async function removeWhatReturnsOfMany(
  store: ObjectStore,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StorageError>> {
  const failures = new Map<string, StorageError>();
  if (store.capabilities.overwrite === "yes" || keys.length === 0) return failures;
  const staged = new Map<string, ListedObject[]>();
  const mostPages = Math.ceil(keys.length / replaceLimits.keysPerStagedPage);
  const prefix = commonPrefix(keys);
  const found = listPages(store, prefix, { signal });
  const isWhole = await collectStaged(store, prefix, found, { staged, mostPages });
  const asked = isWhole ? keys.filter((key) => staged.has(key)) : keys;
  if (asked.length === 0) return failures;
  let next = 0;
  const lanes = Math.min(asked.length, transferLimits.deleteBatchesInFlight);
  await runLanes(lanes, signal, async (lane) => {
    for (let key = asked[next++]; key !== undefined; key = asked[next++]) {
      try {
        if (isWhole) await removeStagedOf(store, key, staged.get(key) ?? [], { signal: lane });
        else await removeWhatReturns(store, key, { signal: lane });
      } catch (error) {
        if (!isStorageError(error) || endsAll(error)) throw error;
        failures.set(key, error);
      }
    }
  });
  return failures;
}

/** By the key that they are for. False: there are more pages than it may ask for. */
async function collectStaged(
  store: ObjectStore,
  prefix: string,
  found: AsyncIterable<ListPage>,
  { staged, mostPages }: { staged: Map<string, ListedObject[]>; mostPages?: number },
): Promise<boolean> {
  let pages = 0;
  let held = 0;
  try {
    for await (const { objects, continuationToken } of found) {
      for (const object of objects) {
        const place = parseStagingKey(object.key);
        if (place?.target === undefined || place.isDirectory) continue;
        held += 1;
        if (held > replaceLimits.replacementsHeld) throw tooManyStaged(store, prefix);
        staged.set(place.target, [...(staged.get(place.target) ?? []), object]);
      }
      pages += 1;
      if (pages === mostPages && continuationToken !== undefined) return false;
    }
  } catch (error) {
    // Who may delete but not look deletes as before; of a path that is not there nothing waits.
    if (!isStorageError(error, "PermissionDenied", "NotSupported", "NotFound")) throw error;
  }
  return true;
}

/**
 * What is older than a replacement takes is a dead writer's; so is what is not newer than the object, which
 * came into place from it or after it. Younger ones are a writer's that may be at it.
 */
async function removeStagedOf(
  store: ObjectStore,
  key: string,
  staged: readonly ListedObject[],
  { ifMatch, signal }: StoppableDelete,
): Promise<void> {
  if (staged.length === 0) return;
  try {
    for (const each of await deadOf(store, key, staged, { ifMatch, signal })) {
      await removeStaged(store, each.key, { signal });
    }
  } catch (error) {
    if (!isStorageError(error)) throw error;
    throw restateError(error, {
      key,
      message: `${key} was not deleted, because bytes that wait beside it would come back: ${error.message}`,
      outcome: "not-applied",
    });
  }
}

async function deadOf(
  store: ObjectStore,
  key: string,
  staged: readonly ListedObject[],
  { ifMatch, signal }: Pick<StoppableDelete, "signal"> & { readonly ifMatch: string | undefined },
): Promise<readonly ListedObject[]> {
  if (ifMatch === undefined && staged.every(isOld)) return staged;
  const head = await headOrMissing(store, key, { signal });
  // A deletion on another condition will be refused, and what waits is all that there is of the key perhaps.
  if (ifMatch !== undefined && (head === undefined || !sameEtag(ifMatch, head.etag))) return [];
  return staged.filter((each) => isOld(each) || (head !== undefined && !isNewer(each, head)));
}

function isOld(staged: ListedObject): boolean {
  return isOlderThan(staged, replaceLimits.replacementMs);
}

/** A HEAD's date, a header of HTTP, has whole seconds; a listing's has milliseconds. */
function isNewer(staged: ListedObject, placed: ObjectHead): boolean {
  const second = Math.floor(staged.lastModified.getTime() / 1000) * 1000;
  return second > placed.lastModified.getTime();
}

function tooManyStaged({ bucket }: ObjectStore, prefix: string): StorageError {
  const most = replaceLimits.replacementsHeld;
  const message = `There are more than ${most} replacements that were cut short under ${prefix}; nothing was deleted.`;
  return new StorageError("QuotaExceeded", message, {
    bucket,
    remedy: "Finish or remove them with sms-storage recover, a folder at a time.",
  });
}

/** The folder that all are in. */
function commonPrefix(keys: readonly string[]): string {
  const [first = ""] = keys;
  let length = first.length;
  for (const key of keys) {
    while (length > 0 && !key.startsWith(first.slice(0, length))) length -= 1;
  }
  const prefix = first.slice(0, length);
  return prefix.slice(0, prefix.lastIndexOf("/") + 1);
}
