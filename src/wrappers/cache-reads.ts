import {
  checkOptions,
  isFilledText,
  isWholeNumber,
  type OptionChecks,
} from "../core/check-options.ts";
import { isStorageError } from "../core/errors.ts";
import { cacheLimits } from "../core/store-limits.ts";
import { leaveUnbegun } from "../core/leave-unbegun.ts";
import type { GetOptions, GetResult, ObjectStore } from "../core/object-store.ts";
import { aroundCalls } from "./around-calls.ts";
import { CacheFolder, type CachedObject } from "./cache-folder.ts";

/** Where objects are kept that were read, and how much of them. */
export interface CacheReadsOptions {
  /** A folder of its own, made where there is none; any number of processes may share it. */
  readonly folder: string;
  /** Of all objects together; what was not read for longest goes first. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Larger objects are not kept. Default 64 MiB, and never more than `maxBytes`. */
  readonly maxObjectBytes?: number;
  /**
   * Tells apart what shares the folder: give each endpoint, and each prefix of a bucket, one of its own.
   * Default: the bucket's name.
   */
  readonly namespace?: string;
}

const checks: OptionChecks<CacheReadsOptions> = {
  folder: isFilledText,
  maxBytes: isWholeNumber(1),
  maxObjectBytes: isWholeNumber(0),
  namespace: isFilledText,
};

/**
 * Keeps objects that are read whole in a folder of this machine, by their content. Each read still asks
 * the store, with the ETag that is kept, so that no old bytes are ever answered; what has not changed
 * comes from the folder, checked against its SHA-256 first, and an entry that is damaged is fetched
 * again. Headers, metadata and times are those of the bytes when they were kept: put again with others,
 * the same bytes have the same ETag. Ask `headObject` where those of now count. Reads of ranges,
 * versions and conditions go to the store as they are. What goes wrong with the folder costs the copy,
 * never the read.
 */
export function cacheReads(store: ObjectStore, options: CacheReadsOptions): ObjectStore {
  checkOptions("cacheReads", options, checks);
  const { folder, maxBytes = cacheLimits.bytes, namespace = store.bucket } = options;
  const maxObjectBytes = Math.min(options.maxObjectBytes ?? cacheLimits.objectBytes, maxBytes);
  const cache = new CacheFolder({ folder, maxBytes });
  return aroundCalls(store, async ({ method, args }, run) => {
    if (method !== "getObject") return run();
    const [key, wish = {}] = args as [string, GetOptions?];
    if (!isPlain(wish)) return run();
    const name = `${namespace}\0${key}`;
    const kept = await cache.find(name);
    if (kept !== undefined) {
      const current = await unlessUnchanged(store, key, wish, kept);
      if (current === "unchanged") return answerFrom(kept);
      await kept.close();
      return keep(cache, name, current, maxObjectBytes);
    }
    return keep(cache, name, (await run()) as GetResult, maxObjectBytes);
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

async function unlessUnchanged(
  store: ObjectStore,
  key: string,
  options: GetOptions,
  kept: CachedObject,
): Promise<GetResult | "unchanged"> {
  try {
    return await store.getObject(key, { ...options, ifNoneMatch: kept.head.etag });
  } catch (error) {
    if (isStorageError(error) && error.status === 304) return "unchanged";
    await kept.close();
    throw error;
  }
}

function answerFrom(kept: CachedObject): GetResult {
  return { head: kept.head, body: leaveUnbegun(kept.body(), () => kept.close()) };
}

/** Hands the body on, and keeps what comes if it comes whole. */
async function keep(
  cache: CacheFolder,
  name: string,
  answer: GetResult,
  maxObjectBytes: number,
): Promise<GetResult> {
  const { head, body } = answer;
  if (head.sizeBytes > maxObjectBytes || head.etag === "") return answer;
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
