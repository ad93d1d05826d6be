import { isStorageError } from "../core/errors.ts";
import type { StorageError } from "../core/errors.ts";
import { s3Limits, transferLimits } from "../core/limits.ts";
import type { CallOptions } from "../core/object-store.ts";
import { toKey } from "./file-context.ts";
import type { FileContext } from "./file-context.ts";
import type { DeleteManyResult } from "./file-service.ts";
import { inScope } from "./operation-scope.ts";
import { runLanes } from "./run-lanes.ts";

interface Failure {
  readonly code: string;
  readonly message: string;
}

/** Failures by key; a key that is not in it was deleted. */
type Failures = Map<string, Failure>;

export async function deleteMany(
  context: FileContext,
  paths: readonly string[],
  options: CallOptions = {},
): Promise<DeleteManyResult> {
  const keys = paths.map((path) => toKey(context, path));
  const failures: Failures = new Map();
  await inScope("deleteMany", options, async (scope) => {
    const unique = [...new Set(keys)];
    const usesBatches = context.store.capabilities.batchDelete !== "no";
    const batches = usesBatches ? toBatches(unique) : unique.map((key) => [key]);
    let next = 0;
    const lanes = Math.min(batches.length, transferLimits.deleteBatchesInFlight);
    await runLanes(lanes, scope.signal, async (signal) => {
      for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
        await deleteBatch(context, batch, failures, signal);
      }
    });
  });
  return {
    deleted: keys.filter((key) => !failures.has(key)),
    errors: keys.flatMap((key) => {
      const failure = failures.get(key);
      return failure === undefined ? [] : [{ Key: key, ...failure }];
    }),
  };
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
  context: FileContext,
  batch: readonly string[],
  failures: Failures,
  signal: AbortSignal,
): Promise<void> {
  try {
    await deleteKeys(context, batch, failures, signal);
  } catch (error) {
    if (!isStorageError(error) || endsAll(error)) throw error;
    const failure = { code: error.s3Code ?? error.code, message: error.message };
    for (const key of batch) failures.set(key, failure);
  }
}

async function deleteKeys(
  context: FileContext,
  batch: readonly string[],
  failures: Failures,
  signal: AbortSignal,
): Promise<void> {
  const [only] = batch;
  if (batch.length === 1 && only !== undefined) {
    await context.store.deleteObject(only, { signal });
    return;
  }
  try {
    const entries = batch.map((key) => ({ key }));
    const { errors } = await context.store.deleteObjects(entries, { signal });
    for (const { key, code, message } of errors) failures.set(key, { code, message });
  } catch (error) {
    if (!isStorageError(error, "NotSupported")) throw error;
    for (const key of batch) await deleteBatch(context, [key], failures, signal);
  }
}

function endsAll(error: StorageError): boolean {
  return error.code === "Aborted" || error.code === "Closed";
}
