import { endsAll } from "../../core/ends-all.ts";
import { isStorageError, type StorageError } from "../../core/errors.ts";
import { s3Limits, transferLimits } from "../../core/limits.ts";
import type { CallOptions, ObjectStore } from "../../core/object-store.ts";
import { inScope } from "../operation-scope.ts";
import { removeWhatReturnsOfMany } from "../replace/delete-for-good.ts";
import { runLanes } from "../run-lanes.ts";

/** Why a key was not deleted. */
export interface DeleteFailure {
  /** S3's code. */
  readonly code: string;
  readonly message: string;
}

interface DeleteKeysOptions extends CallOptions {
  /** Told after each request. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** What was staged beside them is among the keys, so that it need not be looked for. Default false. */
  readonly hasStaged?: boolean;
}

type Failures = Map<string, DeleteFailure>;

/**
 * Deletes any number of objects, a thousand a request where the store can. Answers the failures by
 * key; every other key is gone.
 */
export async function deleteKeys(
  store: ObjectStore,
  keys: readonly string[],
  options: DeleteKeysOptions = {},
): Promise<ReadonlyMap<string, DeleteFailure>> {
  const failures: Failures = new Map();
  await inScope("deleteMany", options, async (scope) => {
    const all = [...new Set(keys)];
    if (options.hasStaged !== true) {
      const returning = await removeWhatReturnsOfMany(store, all, scope.signal);
      for (const [key, error] of returning) failures.set(key, failureOf(error));
    }
    const unique = failures.size === 0 ? all : all.filter((key) => !failures.has(key));
    const usesBatches = store.capabilities.batchDelete !== "no";
    const batches = usesBatches ? toBatches(unique) : unique.map((key) => [key]);
    let next = 0;
    let done = failures.size;
    const lanes = Math.min(batches.length, transferLimits.deleteBatchesInFlight);
    await runLanes(lanes, scope.signal, async (signal) => {
      for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
        await deleteBatch(store, batch, failures, signal);
        done += batch.length;
        options.onProgress?.({ done, total: all.length });
      }
    });
  });
  return failures;
}

// XML 1.0 has no way to write these, so such keys go one by one, in a URL.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const notInXml = /[\u0000-\u001f\ufffe\uffff]/;

function toBatches(keys: readonly string[]): string[][] {
  const plain = keys.filter((key) => !notInXml.test(key));
  const batches = keys.filter((key) => notInXml.test(key)).map((key) => [key]);
  for (let start = 0; start < plain.length; start += s3Limits.deleteObjectsKeys) {
    batches.push(plain.slice(start, start + s3Limits.deleteObjectsKeys));
  }
  return batches;
}

async function deleteBatch(
  store: ObjectStore,
  batch: readonly string[],
  failures: Failures,
  signal: AbortSignal,
): Promise<void> {
  try {
    await requestDelete(store, batch, failures, signal);
  } catch (error) {
    if (!isStorageError(error) || endsAll(error)) throw error;
    const failure = failureOf(error);
    for (const key of batch) failures.set(key, failure);
  }
}

function failureOf(error: StorageError): DeleteFailure {
  return { code: error.s3Code ?? error.code, message: error.message };
}

async function requestDelete(
  store: ObjectStore,
  batch: readonly string[],
  failures: Failures,
  signal: AbortSignal,
): Promise<void> {
  const [only] = batch;
  if (batch.length === 1 && only !== undefined) {
    await store.deleteObject(only, { signal });
    return;
  }
  try {
    const entries = batch.map((key) => ({ key }));
    const { deleted, errors } = await store.deleteObjects(entries, { signal });
    const gone = new Set(deleted.map(({ key }) => key));
    for (const key of batch) if (!gone.has(key)) failures.set(key, unanswered);
    // Of no others: the answer's length is the store's choice.
    const asked = new Set(batch);
    for (const { key, code, message } of errors) {
      if (asked.has(key)) failures.set(key, { code, message });
    }
  } catch (error) {
    if (!isStorageError(error, "NotSupported")) throw error;
    for (const key of batch) await deleteBatch(store, [key], failures, signal);
  }
}

const unanswered: DeleteFailure = {
  code: "NoAnswer",
  message: "The store's answer does not say whether it was deleted.",
};
