import { setTimeout as delay } from "node:timers/promises";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { clientLimits, transferLimits } from "../../core/limits.ts";
import type { ObjectHead, ObjectStore } from "../../core/object-store.ts";

/** Which bytes of which object. */
export interface BodyRequest {
  readonly store: ObjectStore;
  /** Of the object whose bytes these are; all are read of this one, or none. */
  readonly head: ObjectHead;
  readonly versionId?: string | undefined;
  /** Position of the first byte wanted. */
  readonly first: number;
  readonly lengthBytes: number;
  /** A body that is open already and begins at `first`; it may run on beyond the length. */
  readonly opened?: AsyncIterable<Uint8Array> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The opened body may end with a Timeout that is the whole call's. */
  readonly hasTimeLimit?: boolean;
}

/**
 * Exactly the bytes asked for. A body that breaks off is taken up at the byte where it broke, pinned
 * to the object's ETag, as long as bytes still come.
 */
export async function* resumedBody(request: BodyRequest): AsyncGenerator<Uint8Array, void> {
  const { lengthBytes } = request;
  let doneBytes = 0;
  let failures = 0;
  let body = request.opened;
  // A body of no length is read all the same, to free its connection.
  do {
    try {
      body ??= await openAt(request, doneBytes);
      for await (const chunk of body) {
        const wanted = chunk.subarray(0, lengthBytes - doneBytes);
        doneBytes += wanted.length;
        failures = 0;
        if (wanted.length > 0) yield wanted;
        if (doneBytes === lengthBytes) break;
      }
      if (doneBytes < lengthBytes) throw endedEarly(request, doneBytes);
    } catch (error) {
      failures += 1;
      if (!mayResume(request, error) || failures > transferLimits.bodyResumes) throw error;
      body = undefined;
      await pause(failures, request.signal);
    }
  } while (doneBytes < lengthBytes);
}

/** A connection that fell silent is worth another; a call that ran out of its time is not. */
function mayResume({ hasTimeLimit }: BodyRequest, error: unknown): boolean {
  if (!isStorageError(error) || !error.retryable) return false;
  return error.code !== "Timeout" || hasTimeLimit !== true;
}

async function openAt(request: BodyRequest, doneBytes: number): Promise<AsyncIterable<Uint8Array>> {
  const { store, head, versionId, signal } = request;
  const first = request.first + doneBytes;
  const last = request.first + request.lengthBytes - 1;
  const result = await store.getObject(head.key, {
    range: { first, last },
    verify: false,
    ...(head.etag !== "" && { ifMatch: head.etag }),
    ...(versionId !== undefined && { versionId }),
    ...(signal !== undefined && { signal }),
  });
  if (result.range?.first === first || (result.range === undefined && first === 0)) {
    return result.body;
  }
  await result.body[Symbol.asyncIterator]().return?.();
  throw new StorageError("NotSupported", `The store answered another range of ${head.key}.`, {
    operation: "GetObject",
    bucket: store.bucket,
    key: head.key,
    remedy: "A proxy on the way may ignore the Range header.",
  });
}

async function pause(failures: number, signal: AbortSignal | undefined): Promise<void> {
  const step = clientLimits.backoffBaseMs * 2 ** (failures - 1);
  const delayMs = Math.min(clientLimits.backoffCapMs, step);
  // An abort ends the pause; the next request then says so in its own words.
  await delay(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

function endedEarly(request: BodyRequest, doneBytes: number): StorageError {
  const { head, store, lengthBytes } = request;
  const message = `The body of ${head.key} ended after ${doneBytes} of ${lengthBytes} bytes.`;
  return new StorageError("Unavailable", message, {
    operation: "GetObject",
    bucket: store.bucket,
    key: head.key,
    retryable: true,
  });
}
