import { endsAll } from "../../core/ends-all.ts";
import { isStorageError } from "../../core/errors.ts";
import { assert } from "../../core/assert.ts";
import { s3Limits } from "../../core/limits.ts";
import type { DeleteEntry, ObjectStore } from "../../core/object-store.ts";

/** An entry that was not deleted. */
export interface UndeletedEntry extends DeleteEntry {
  /** S3's code. */
  readonly code: string;
  readonly message: string;
}

// XML 1.0 has no way to write these, so such keys go one by one, in a URL.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const notInXml = /[\u0000-\u001f\ufffe\uffff]/;

/**
 * Deletes up to 1,000 objects or versions for good, in one request where the store can. Answers
 * those that are left; throws what concerns all of them.
 */
export async function deleteVersions(
  store: ObjectStore,
  entries: readonly DeleteEntry[],
  signal: AbortSignal,
): Promise<readonly UndeletedEntry[]> {
  assert(entries.length <= s3Limits.deleteObjectsKeys, "more entries than a request takes");
  const inBatch = store.capabilities.batchDelete === "no" ? [] : entries.filter(isPlain);
  const alone = inBatch.length === 0 ? entries : entries.filter((entry) => !isPlain(entry));
  const left: UndeletedEntry[] = [];
  if (inBatch.length > 0) left.push(...(await deleteBatch(store, inBatch, signal)));
  for (const entry of alone) left.push(...(await deleteOne(store, entry, signal)));
  return left;
}

function isPlain({ key }: DeleteEntry): boolean {
  return !notInXml.test(key);
}

async function deleteBatch(
  store: ObjectStore,
  entries: readonly DeleteEntry[],
  signal: AbortSignal,
): Promise<readonly UndeletedEntry[]> {
  try {
    const { deleted, errors } = await store.deleteObjects(entries, { signal });
    const gone = new Set(deleted.map(nameOf));
    const refused = new Map(errors.map((failure) => [nameOf(failure), failure]));
    // Of what was asked for alone, once each, whatever else the answer tells of.
    return entries.flatMap((entry) => {
      const name = nameOf(entry);
      const { code, message } = refused.get(name) ?? unanswered;
      return gone.has(name) && !refused.has(name) ? [] : [{ ...entry, code, message }];
    });
  } catch (error) {
    if (!isStorageError(error, "NotSupported")) throw error;
    const left: UndeletedEntry[] = [];
    for (const entry of entries) left.push(...(await deleteOne(store, entry, signal)));
    return left;
  }
}

async function deleteOne(
  store: ObjectStore,
  { key, versionId }: DeleteEntry,
  signal: AbortSignal,
): Promise<readonly UndeletedEntry[]> {
  const version = versionId !== undefined && { versionId };
  try {
    await store.deleteObject(key, { ...version, signal });
    return [];
  } catch (error) {
    if (!isStorageError(error) || endsAll(error)) throw error;
    const { message } = error;
    return [{ key, ...version, code: error.s3Code ?? error.code, message }];
  }
}

const unanswered = {
  code: "NoAnswer",
  message: "The store's answer does not say whether it was deleted.",
};

function nameOf({ key, versionId = "" }: DeleteEntry): string {
  return JSON.stringify([key, versionId]);
}
