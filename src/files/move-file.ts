import { isStorageError, StorageError } from "../core/errors.ts";
import { restateError } from "../core/restate-error.ts";
import { Buckets } from "../transfer/buckets.ts";
import { copyObject } from "../transfer/copy/copy-object.ts";
import { removeSource } from "../transfer/jobs/remove-source.ts";
import { inScope } from "../transfer/operation-scope.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { WrittenObject } from "../transfer/written-object.ts";
import type { MoveFileOptions } from "./prefix-types.ts";

const operation = "move";

/** Copy, look whether the copy is whole, delete exactly what was copied: at each step one of them is there. */
export async function moveFile(
  context: TransferContext,
  from: string,
  to: string,
  options: MoveFileOptions = {},
): Promise<WrittenObject> {
  const { bucket } = context.store;
  if (from === to) {
    const message = `${operation}: ${from} would be moved onto itself.`;
    throw new StorageError("InvalidArgument", message, { operation, bucket, key: from });
  }
  return inScope(operation, options, async ({ signal }) => {
    const { timeoutMs: _whole, ...rest } = options;
    const copied = await copyObject(context, from, to, { ...rest, signal });
    const { sizeBytes, sourceEtag, put } = copied;
    const job = { kind: "copy", from: { bucket, key: from }, to: { bucket, key: to } } as const;
    const buckets = new Buckets(() => context);
    try {
      await removeSource(
        job,
        { sizeBytes, sourceEtag, targetEtag: put.etag },
        { buckets, before: undefined, signal },
      );
    } catch (error) {
      throw isStorageError(error) ? sourceKept(error, from, to) : error;
    }
    return copied;
  });
}

function sourceKept(error: StorageError, from: string, to: string): StorageError {
  if (error.operation === operation) return error;
  const message = `${operation}: ${to} was written, but ${from} could not be deleted, so both are there: ${error.message}`;
  return restateError(error, { message, operation, key: from, outcome: "applied" });
}
