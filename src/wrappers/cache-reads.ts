import {
  checkArgument,
  isFilledText,
  isPlainObject,
  isStore,
  isWholeNumber,
  type OptionChecks,
} from "../core/check-options.ts";
import { isStorageError } from "../core/errors.ts";
import { cacheLimits } from "../core/store-limits.ts";
import { takeOptions } from "../core/take-options.ts";
import { leaveUnbegun } from "../core/leave-unbegun.ts";
import type { GetOptions, GetResult, ObjectHead, ObjectStore } from "../core/object-store.ts";
import { aroundCalls } from "./around-calls.ts";
import { CacheFolder, type CachedObject } from "./cache-folder.ts";

/** Where objects are kept that were read, and how much of them. */
export interface CacheReadsOptions {
  /**
   * A folder of its own: empty, or not there yet, or one of `cacheReads`. Any number of processes of
   * one user, and of stores, may share it. Nobody else may write to it, or should read it: it holds
   * objects as plain bytes.
   */
  readonly folder: string;
  /** Of all objects together; what was not read for longest goes first. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Larger objects are not kept. Default 64 MiB, and never more than `maxBytes`. */
  readonly maxObjectBytes?: number;
}

const checks: OptionChecks<CacheReadsOptions> = {
  folder: isFilledText,
  maxBytes: isWholeNumber(1),
  maxObjectBytes: isWholeNumber(0),
};

/**
 * Keeps objects that are read whole in a folder of this machine, by their content. Each read still asks
 * the store, by a HEAD, what is there now: headers and metadata are always those of the moment, and the
 * bytes come from the folder when they are of the same writing (ETag, size, time and version), checked
 * against their SHA-256 first. What has changed, or is damaged, is fetched again. Objects under a key
 * (SSE-KMS, DSSE-KMS, SSE-C) are neither kept nor served, since a HEAD does not tell whether the caller
 * may use the key. Reads of ranges, versions and conditions go to the store as they are. Throws
 * InvalidArgument, also of a folder that holds anything else or to which others may write, and
 * ConfigurationError where it cannot be made; what goes wrong with it later costs the copy, never the
 * read.
 *
 * @example
 * const near = cacheReads(store, { folder: "/var/cache/sms", maxBytes: 20 * 1024 ** 3 });
 */
export function cacheReads(store: ObjectStore, options: CacheReadsOptions): ObjectStore {
  checkArgument("cacheReads", "the store", store, isStore);
  checkArgument("cacheReads", "the location of the store", store.location, isFilledText);
  checkArgument("cacheReads", "the options", options, (value) =>
    isPlainObject(value) ? undefined : "an object with a folder",
  );
  const taken = takeOptions("cacheReads", options, checks);
  checkArgument("cacheReads", "the option folder", taken.folder, isFilledText);
  const { folder, maxBytes = cacheLimits.bytes } = taken;
  const maxObjectBytes = Math.min(taken.maxObjectBytes ?? cacheLimits.objectBytes, maxBytes);
  const cache = new CacheFolder({ folder, maxBytes });
  return aroundCalls(store, async ({ method, args }, run) => {
    if (method !== "getObject") return run();
    const [key, given] = args as [string, GetOptions?];
    // Of a copy, which says the same whenever it is read.
    const wish = isPlainObject(given) ? { ...given } : given;
    if (typeof key !== "string" || !isPlain(wish ?? {})) return store.getObject(key, wish);
    const name = store.location + key;
    const kept = await cache.find(name);
    const current = kept && (await headOf(store, key, wish, kept));
    if (kept !== undefined && current !== undefined && isServed(kept, current)) {
      return { head: current, body: leaveUnbegun(kept.body(), () => kept.close()) };
    }
    await kept?.close();
    return keep(cache, name, await store.getObject(key, wish), maxObjectBytes);
  });
}

/** A whole object, whichever is there now. */
function isPlain(options: GetOptions): boolean {
  const { range, versionId, partNumber } = options;
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = options;
  return [
    range,
    versionId,
    partNumber,
    ifMatch,
    ifNoneMatch,
    ifModifiedSince,
    ifUnmodifiedSince,
  ].every((value) => value === undefined);
}

/** Undefined: it was refused, and a read is told more of why than a HEAD. */
async function headOf(
  store: ObjectStore,
  key: string,
  wish: GetOptions = {},
  kept: CachedObject,
): Promise<ObjectHead | undefined> {
  const { verify: _ofBodies, ...asked } = wish;
  try {
    return await store.headObject(key, asked);
  } catch (error) {
    if (isStorageError(error, "NotFound", "PermissionDenied")) return undefined;
    await kept.close();
    throw error;
  }
}

function isServed(kept: CachedObject, current: ObjectHead): boolean {
  return kept.isOf(current) && needsNoKey(current);
}

/**
 * Whether who may HEAD an object may read it: both are s3:GetObject, but under a key of KMS or of the
 * customer a read needs that key, too, and a HEAD does not. What else there may be is taken to need one.
 */
function needsNoKey({ encryption }: ObjectHead): boolean {
  return encryption === undefined || encryption === "AES256";
}

/** A weak one may be that of other bytes as well. */
function isStrong(etag: string): boolean {
  return etag !== "" && !etag.startsWith("W/");
}

/** Hands the body on, and keeps what comes if it comes whole. */
async function keep(
  cache: CacheFolder,
  name: string,
  answer: GetResult,
  maxObjectBytes: number,
): Promise<GetResult> {
  const { head, body } = answer;
  const isKept = answer.range === undefined && head.sizeBytes <= maxObjectBytes;
  if (!isKept || !isStrong(head.etag) || !needsNoKey(head)) return answer;
  const draft = await cache.draft(name, head);
  if (draft === undefined) return answer;
  async function* copied(): AsyncGenerator<Uint8Array, void> {
    if (draft === undefined) return;
    try {
      for await (const chunk of body) {
        await draft.write(chunk);
        yield chunk;
      }
      await draft.keep();
    } finally {
      await draft.discard();
    }
  }
  const leave = (): Promise<unknown> =>
    Promise.all([body[Symbol.asyncIterator]().return?.(), draft.discard()]);
  return { head, body: leaveUnbegun(copied(), leave) };
}
