import { isStorageError } from "../../core/errors.ts";
import { asksForOwnKey } from "../../core/remedies.ts";
import type { HeadOptions, ObjectHead, ObjectStore } from "../../core/object-store.ts";

/**
 * HEAD, whose errors have no body: an expired token is a bare 400 there. A GET of one byte tells what
 * it means, and its error is thrown instead.
 */
export async function explainedHead(
  store: ObjectStore,
  key: string,
  options: HeadOptions = {},
): Promise<ObjectHead> {
  try {
    return await store.headObject(key, options);
  } catch (error) {
    const isBare = isStorageError(error) && error.status === 400 && error.s3Code === undefined;
    if (isBare) await askForReason(store, key, options);
    throw error;
  }
}

/**
 * The same for an object that has to be there: a HEAD answers 404 for a missing bucket as for a missing
 * key, and a GET of one byte tells which.
 */
export async function neededHead(
  store: ObjectStore,
  key: string,
  options: HeadOptions = {},
): Promise<ObjectHead> {
  try {
    return await explainedHead(store, key, options);
  } catch (error) {
    const isBare = isStorageError(error, "NotFound") && error.s3Code === undefined;
    if (!isBare || error.details["DeleteMarker"] === "true") throw error;
    const reason: unknown = await askForReason(store, key, options).catch((said: unknown) => said);
    throw isStorageError(reason, "NotFound") && reason.s3Code === "NoSuchBucket" ? reason : error;
  }
}

/** S3 refuses even a look at an object without the key of its own (SSE-C), which proves that it is there. */
export function isUnderOwnKey(error: unknown): boolean {
  return isStorageError(error) && error.status === 400 && asksForOwnKey(error.message);
}

async function askForReason(store: ObjectStore, key: string, options: HeadOptions): Promise<void> {
  const range = { first: 0, last: 0 };
  const { body } = await store.getObject(key, { ...options, range });
  await body[Symbol.asyncIterator]().return?.();
}
