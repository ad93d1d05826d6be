import { isStorageError, StorageError } from "../../core/errors.ts";
import { clientLimits, transferLimits } from "../../core/limits.ts";
import { type ObjectBody, pourBody } from "../../core/object-body.ts";
import type { ObjectHead, ObjectStore } from "../../core/object-store.ts";
import { onAbort } from "../../core/on-abort.ts";
import { isSameObject } from "./same-object.ts";
import { steadyNow } from "../../core/steady-now.ts";

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
  readonly opened?: ObjectBody | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Exactly the bytes asked for. A body that breaks off is taken up at the byte where it broke, as long
 * as bytes still come. Throws PreconditionFailed when another object has taken its place: each answer
 * is compared, since some stores look at no condition.
 */
export async function* resumedBody(request: BodyRequest): AsyncGenerator<Uint8Array, void> {
  const { lengthBytes } = request;
  let doneBytes = 0;
  let stall = new Stall();
  let body = request.opened;
  // A body of no length is read all the same, to free its connection.
  do {
    try {
      body ??= await openAt(request, doneBytes);
      for await (const chunk of body) {
        const wanted = chunk.subarray(0, lengthBytes - doneBytes);
        doneBytes += wanted.length;
        if (wanted.length > 0) stall = new Stall();
        if (wanted.length > 0) yield wanted;
        if (doneBytes === lengthBytes) break;
      }
      if (doneBytes < lengthBytes) throw endedEarly(request, doneBytes);
    } catch (error) {
      const delayMs = stall.nextDelayMs();
      if (!mayResume(error) || delayMs === undefined) throw error;
      body = undefined;
      await pause(delayMs, request.signal);
    }
  } while (doneBytes < lengthBytes);
}

/** Thrown to end a body that runs on beyond the bytes asked for. */
const enough = new Error("enough");

/**
 * As `resumedBody`, but gives the bytes to `take` in memory that is used again once `take` has
 * returned, or what it returned is fulfilled.
 */
export async function pourResumed(
  request: BodyRequest,
  take: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const { lengthBytes } = request;
  const reading = { doneBytes: 0, stall: new Stall() };
  let body = request.opened;
  const runsOn = body !== undefined && request.first + lengthBytes < request.head.sizeBytes;
  const takeWanted = (chunk: Uint8Array): void | Promise<void> => {
    const leftBytes = lengthBytes - reading.doneBytes;
    if (leftBytes === 0) throw enough;
    const wanted = chunk.length > leftBytes ? chunk.subarray(0, leftBytes) : chunk;
    reading.doneBytes += wanted.length;
    reading.stall = new Stall();
    const taken = take(wanted);
    if (chunk.length < leftBytes || !(chunk.length > leftBytes || runsOn)) return taken;
    if (taken === undefined) throw enough;
    return taken.then(() => Promise.reject(enough));
  };
  // A body of no length is read all the same, to free its connection.
  for (;;) {
    try {
      body ??= await openAt(request, reading.doneBytes);
      await pourBody(body, takeWanted);
      if (reading.doneBytes === lengthBytes) return;
      throw endedEarly(request, reading.doneBytes);
    } catch (error) {
      if (error === enough) return;
      const delayMs = reading.stall.nextDelayMs();
      if (!mayResume(error) || delayMs === undefined) throw error;
      if (reading.doneBytes === lengthBytes) return;
      body = undefined;
      await pause(delayMs, request.signal);
    }
  }
}

/** Breaks in a row without a byte between them. */
class Stall {
  #count = 0;
  #sinceMs: number | undefined;

  /** Undefined: there have been enough of them. */
  nextDelayMs(): number | undefined {
    const now = steadyNow();
    this.#count += 1;
    this.#sinceMs ??= now;
    const isLong = now - this.#sinceMs > transferLimits.bodyResumeMs;
    if (isLong && this.#count > transferLimits.bodyResumes) return undefined;
    const step = clientLimits.backoffBaseMs * 2 ** (this.#count - 1);
    return Math.min(clientLimits.backoffCapMs, step);
  }
}

/** A connection that fell silent is worth another; a call that was stopped ends with Aborted. */
function mayResume(error: unknown): boolean {
  return isStorageError(error) && error.retryable;
}

async function openAt(request: BodyRequest, doneBytes: number): Promise<ObjectBody> {
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
  if (!isSameObject(result.head, head)) {
    await result.body[Symbol.asyncIterator]().return?.();
    throw replacedMeanwhile(store.bucket, head.key);
  }
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

function replacedMeanwhile(bucket: string, key: string): StorageError {
  return new StorageError("PreconditionFailed", `${key} was replaced while it was being read.`, {
    operation: "GetObject",
    bucket,
    key,
    remedy: "Read it again from its beginning.",
  });
}

/** An abort ends the pause; the next request then says so in its own words. */
async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  let release: (() => void) | undefined;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    release = signal && onAbort(signal, stop);
  });
  release?.();
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
