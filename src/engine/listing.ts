import { s3Limits } from "../core/limits.ts";
import type { BucketStore, KnownBucket } from "./bucket-store.ts";
import { collectListing, positionAfter, type Listed, type Position } from "./collect-listing.ts";
import type { ObjectRecord, UploadRecord } from "./engine.ts";
import type {
  ListAnswer,
  ListedVersionRecord,
  ListQuery,
  ListUploadsQuery,
  ListVersionsQuery,
} from "./list-queries.ts";
import {
  bucketRange,
  keyOfObjectKey,
  keyOfSequenceKey,
  uploadKey,
  versionKey,
  type IndexRange,
} from "./index-keys.ts";
import { toObjectRecord, toUploadRecord } from "./object-record.ts";
import type { VersionRow } from "./rows.ts";
import type { IndexEntry, Tables } from "./tables.ts";
import { invalidVersionId, isVersionId, nullVersion, sequenceOf } from "./version-id.ts";
import { readLatest, readVersion } from "./version-store.ts";

/** The listings of a bucket; each call reads one snapshot of the index. */
export class Listing {
  readonly #tables: Tables;
  readonly #buckets: BucketStore;

  constructor(tables: Tables, buckets: BucketStore) {
    this.#tables = tables;
    this.#buckets = buckets;
  }

  objects(query: ListQuery): ListAnswer<ObjectRecord> {
    const bucket = this.#buckets.get(query.bucket);
    const { prefix, delimiter, limit, after } = query;
    const from = after === undefined ? undefined : positionAfter(after, prefix, delimiter);
    return collectListing({ prefix, delimiter, limit, from }, (position) =>
      this.#objectsFrom(bucket, position),
    );
  }

  versions(query: ListVersionsQuery): ListAnswer<ListedVersionRecord> {
    const bucket = this.#buckets.get(query.bucket);
    const { prefix, delimiter, limit } = query;
    const from = this.#versionStart(bucket, query);
    return collectListing({ prefix, delimiter, limit, from }, (position) =>
      this.#versionsFrom(bucket, position),
    );
  }

  uploads(query: ListUploadsQuery): ListAnswer<UploadRecord> {
    const bucket = this.#buckets.get(query.bucket);
    const { prefix, delimiter, limit, keyMarker } = query;
    const from = keyMarker === undefined ? undefined : uploadStart(query, keyMarker);
    return collectListing({ prefix, delimiter, limit, from }, (position) =>
      this.#uploadsFrom(bucket, position),
    );
  }

  *#objectsFrom(bucket: KnownBucket, position: Position): Iterable<Listed<ObjectRecord>> {
    const range = bucketRange(bucket.id, position.key, false);
    for (const entry of this.#tables.current.range(range)) {
      const key = keyOfObjectKey(entry.key);
      yield { key, entry: () => objectOf(bucket, key, entry) };
    }
  }

  *#versionsFrom(bucket: KnownBucket, position: Position): Iterable<Listed<ListedVersionRecord>> {
    const { key: fromKey, afterSequence } = position;
    const address = { bucketId: bucket.id, key: fromKey };
    const begun = afterSequence === undefined ? undefined : readLatest(this.#tables, address)?.seq;
    let previous = afterSequence === undefined ? undefined : fromKey;
    for (const { key, entry } of this.#mergedVersions(bucket, position)) {
      const isFirst = previous === undefined || !previous.equals(key);
      previous = key;
      // All that was newer may be gone since the page before.
      const isLatest = isFirst || (entry.row.seq === begun && key.equals(fromKey));
      yield { key, entry: () => Object.assign(objectOf(bucket, key, entry), { isLatest }) };
    }
  }

  /** `current` and `versions` in one order; a key's current version is its newest. */
  *#mergedVersions(bucket: KnownBucket, position: Position): Iterable<KeyedEntry> {
    const current = keyed(this.#currentFrom(bucket, position), keyOfObjectKey);
    const others = keyed(
      this.#tables.versions.range(othersRange(bucket, position)),
      keyOfSequenceKey,
    );
    try {
      let a = current.next();
      let b = others.next();
      while (a.done !== true || b.done !== true) {
        const takeCurrent =
          a.done !== true && (b.done === true || Buffer.compare(a.value.key, b.value.key) <= 0);
        if (takeCurrent) {
          yield a.value as KeyedEntry;
          a = current.next();
        } else {
          yield b.value as KeyedEntry;
          b = others.next();
        }
      }
    } finally {
      current.return(undefined);
      others.return(undefined);
    }
  }

  /**
   * Of a key in whose middle the page begins, the current version comes only when it is older than
   * that place: the ones before it were deleted since.
   */
  *#currentFrom(
    bucket: KnownBucket,
    { key, afterSequence = Number.POSITIVE_INFINITY }: Position,
  ): Iterable<IndexEntry<VersionRow>> {
    for (const entry of this.#tables.current.range(bucketRange(bucket.id, key, false))) {
      if (entry.row.seq < afterSequence || !keyOfObjectKey(entry.key).equals(key)) yield entry;
    }
  }

  *#uploadsFrom(bucket: KnownBucket, position: Position): Iterable<Listed<UploadRecord>> {
    const { key: fromKey, afterSequence } = position;
    const range: IndexRange = bucketRange(bucket.id, fromKey, true);
    const start =
      afterSequence === undefined ? range.start : uploadKey(bucket.id, fromKey, afterSequence + 1);
    for (const entry of this.#tables.uploads.range({ start, end: range.end })) {
      const key = keyOfSequenceKey(entry.key);
      yield {
        key,
        entry: () => toUploadRecord(bucket.record.name, key.toString("utf8"), entry.row),
      };
    }
  }

  #versionStart(bucket: KnownBucket, query: ListVersionsQuery): Position | undefined {
    const { keyMarker, versionIdMarker, prefix, delimiter } = query;
    if (keyMarker === undefined) return undefined;
    if (versionIdMarker === undefined) return positionAfter(keyMarker, prefix, delimiter);
    if (!isVersionId(versionIdMarker)) throw invalidVersionId(versionIdMarker);
    const key = Buffer.from(keyMarker, "utf8");
    if (key.length > s3Limits.keyBytes) return positionAfter(keyMarker, prefix, delimiter);
    const marked = readVersion(this.#tables, { bucketId: bucket.id, key }, versionIdMarker);
    if (marked !== undefined) return { key, afterSequence: marked.seq };
    // The marked version is gone; what came after it is still known, except for `null`: then the key
    // is shown again from its newest, which loses nothing.
    if (versionIdMarker === nullVersion) return { key };
    return { key, afterSequence: sequenceOf(versionIdMarker) };
  }
}

function uploadStart(query: ListUploadsQuery, keyMarker: string): Position {
  const key = Buffer.from(keyMarker, "utf8");
  if (query.uploadIdMarker === undefined || key.length > s3Limits.keyBytes) {
    return positionAfter(keyMarker, query.prefix, query.delimiter);
  }
  return { key, afterSequence: sequenceOf(query.uploadIdMarker) };
}

interface KeyedEntry {
  readonly key: Buffer;
  readonly entry: IndexEntry<VersionRow>;
}

function* keyed(
  entries: Iterable<IndexEntry<VersionRow>>,
  keyOf: (indexKey: Uint8Array) => Buffer,
): Generator<KeyedEntry, undefined> {
  for (const entry of entries) yield { key: keyOf(entry.key), entry };
  return undefined;
}

function othersRange(bucket: KnownBucket, position: Position): IndexRange {
  const range = bucketRange(bucket.id, position.key, true);
  if (position.afterSequence === undefined) return range;
  // One number lower is the next older version.
  return { start: versionKey(bucket.id, position.key, position.afterSequence - 1), end: range.end };
}

function objectOf(bucket: KnownBucket, key: Buffer, entry: IndexEntry<VersionRow>): ObjectRecord {
  return toObjectRecord(bucket.record.name, key.toString("utf8"), entry.row);
}
