import { assert } from "../core/assert.ts";
import { s3Limits } from "../core/limits.ts";
import type { ListedObjects } from "../protocol/documents/listings/stored-entry.ts";
import type { BucketStore, KnownBucket } from "./bucket-store.ts";
import {
  collectListing,
  positionAfter,
  type Listed,
  type ListingRequest,
  type Position,
} from "./collect-listing.ts";
import type { ObjectRecord, UploadRecord } from "./engine.ts";
import type {
  ListAnswer,
  ListEnd,
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
import type { IndexStore } from "./index-store.ts";
import { ListedRow } from "./listed-row.ts";
import { toObjectRecord, toUploadRecord } from "./object-record.ts";
import type { VersionRow } from "./rows.ts";
import type { IndexEntry, Tables } from "./tables.ts";
import { invalidVersionId, isVersionId, nullVersion, sequenceOf } from "./version-id.ts";
import { readLatest, readVersion } from "./version-store.ts";
import type { RowScan } from "./scanned-row.ts";

/** The listings of a bucket; each call reads one snapshot of the index. */
export class Listing {
  readonly #tables: Tables;
  readonly #scanCurrent: RowScan;
  readonly #buckets: BucketStore;

  constructor({ tables, scanCurrent }: IndexStore, buckets: BucketStore) {
    this.#tables = tables;
    this.#scanCurrent = scanCurrent;
    this.#buckets = buckets;
  }

  objects(query: ListQuery): ListAnswer<ObjectRecord> {
    const entries: ObjectRecord[] = [];
    const end = this.#collectObjects(query, (bucket, range) =>
      this.#records(bucket, range, (record) => entries.push(record)),
    );
    return { entries, ...end };
  }

  writeObjects(query: ListQuery, target: ListedObjects): ListEnd {
    return this.#collectObjects(query, (bucket, range) => this.#scan(bucket, range, target));
  }

  versions(query: ListVersionsQuery): ListAnswer<ListedVersionRecord> {
    const bucket = this.#buckets.get(query.bucket);
    const request = requestOf(query, this.#versionStart(bucket, query));
    const entries: ListedVersionRecord[] = [];
    const end = collectListing(request, (position) =>
      this.#versionsFrom(bucket, position, request.prefix, (record) => entries.push(record)),
    );
    return { entries, ...end };
  }

  uploads(query: ListUploadsQuery): ListAnswer<UploadRecord> {
    const bucket = this.#buckets.get(query.bucket);
    const { keyMarker } = query;
    const from = keyMarker === undefined ? undefined : uploadStart(query, keyMarker);
    const request = requestOf(query, from);
    const entries: UploadRecord[] = [];
    const end = collectListing(request, (position) =>
      this.#uploadsFrom(bucket, position, request.prefix, (record) => entries.push(record)),
    );
    return { entries, ...end };
  }

  #collectObjects(
    query: ListQuery,
    open: (bucket: KnownBucket, range: IndexRange) => Iterable<Listed>,
  ): ListEnd {
    const bucket = this.#buckets.get(query.bucket);
    const { after } = query;
    const request = requestOf(query, after === undefined ? undefined : startAfter(query, after));
    return collectListing(request, ({ key }) =>
      open(bucket, bucketRange(bucket.id, key, false, request.prefix)),
    );
  }

  *#records(
    bucket: KnownBucket,
    range: IndexRange,
    take: (record: ObjectRecord) => void,
  ): Iterable<Listed> {
    for (const entry of this.#tables.current.range(range)) {
      const key = keyOfObjectKey(entry.key);
      yield { key, take: () => take(objectOf(bucket, key, entry)) };
    }
  }

  /** As `#records`, from the bytes of the rows; any that is not plain is read as a record. */
  *#scan(bucket: KnownBucket, range: IndexRange, target: ListedObjects): Iterable<Listed> {
    const row = new ListedRow();
    const item: Listed = {
      get key() {
        return row.key;
      },
      take: () => {
        if (row.read()) target.add(row);
        else target.addContent(this.#recordOf(bucket, row));
      },
    };
    for (const _row of this.#scanCurrent(range, row.source)) yield item;
  }

  /** Throws InternalError for a damaged one. */
  #recordOf(bucket: KnownBucket, { key, source }: ListedRow): ObjectRecord {
    const row = this.#tables.current.get(Buffer.from(source.bytes.subarray(0, source.keyEnd)));
    assert(row !== undefined, "A row of the index was gone while its snapshot was read.");
    return toObjectRecord(bucket.record.name, key.toString("utf8"), row);
  }

  *#versionsFrom(
    bucket: KnownBucket,
    position: Position,
    prefix: Buffer,
    take: (record: ListedVersionRecord) => void,
  ): Iterable<Listed> {
    const { key: fromKey, afterSequence } = position;
    const address = { bucketId: bucket.id, key: fromKey };
    const begun = afterSequence === undefined ? undefined : readLatest(this.#tables, address)?.seq;
    let previous = afterSequence === undefined ? undefined : fromKey;
    for (const { key, entry } of this.#mergedVersions(bucket, position, prefix)) {
      const isFirst = previous === undefined || !previous.equals(key);
      previous = key;
      // All that was newer may be gone since the page before.
      const isLatest = isFirst || (entry.row.seq === begun && key.equals(fromKey));
      yield { key, take: () => take(Object.assign(objectOf(bucket, key, entry), { isLatest })) };
    }
  }

  /** `current` and `versions` in one order; a key's current version is its newest. */
  *#mergedVersions(bucket: KnownBucket, position: Position, prefix: Buffer): Iterable<KeyedEntry> {
    const current = keyed(this.#currentFrom(bucket, position, prefix), keyOfObjectKey);
    const others = keyed(
      this.#tables.versions.range(othersRange(bucket, position, prefix)),
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
    prefix: Buffer,
  ): Iterable<IndexEntry<VersionRow>> {
    for (const entry of this.#tables.current.range(bucketRange(bucket.id, key, false, prefix))) {
      if (entry.row.seq < afterSequence || !keyOfObjectKey(entry.key).equals(key)) yield entry;
    }
  }

  *#uploadsFrom(
    bucket: KnownBucket,
    position: Position,
    prefix: Buffer,
    take: (record: UploadRecord) => void,
  ): Iterable<Listed> {
    const { key: fromKey, afterSequence } = position;
    const range: IndexRange = bucketRange(bucket.id, fromKey, true, prefix);
    const start =
      afterSequence === undefined ? range.start : uploadKey(bucket.id, fromKey, afterSequence + 1);
    for (const entry of this.#tables.uploads.range({ start, end: range.end })) {
      const key = keyOfSequenceKey(entry.key);
      yield {
        key,
        take: () => take(toUploadRecord(bucket.record.name, key.toString("utf8"), entry.row)),
      };
    }
  }

  #versionStart(bucket: KnownBucket, query: ListVersionsQuery): Position | undefined {
    const { keyMarker, versionIdMarker } = query;
    if (keyMarker === undefined) return undefined;
    if (versionIdMarker === undefined) return startAfter(query, keyMarker);
    if (!isVersionId(versionIdMarker)) throw invalidVersionId(versionIdMarker);
    const key = Buffer.from(keyMarker, "utf8");
    if (key.length > s3Limits.keyBytes) return startAfter(query, keyMarker);
    const marked = readVersion(this.#tables, { bucketId: bucket.id, key }, versionIdMarker);
    if (marked !== undefined) return { key, afterSequence: marked.seq };
    // The marked version is gone; what came after it is still known, except for `null`: then the key
    // is shown again from its newest, which loses nothing.
    if (versionIdMarker === nullVersion) return { key };
    return { key, afterSequence: sequenceOf(versionIdMarker) };
  }
}

type Asked = Pick<ListQuery, "prefix" | "delimiter" | "limit">;

function requestOf(
  { prefix, delimiter, limit }: Asked,
  from: Position | undefined,
): ListingRequest {
  return { prefix: Buffer.from(prefix ?? "", "utf8"), delimiter, limit, from };
}

function startAfter({ prefix, delimiter }: Asked, key: string): Position {
  return positionAfter(key, Buffer.from(prefix ?? "", "utf8"), delimiter);
}

function uploadStart(query: ListUploadsQuery, keyMarker: string): Position {
  const key = Buffer.from(keyMarker, "utf8");
  if (query.uploadIdMarker === undefined || key.length > s3Limits.keyBytes) {
    return startAfter(query, keyMarker);
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

function othersRange(bucket: KnownBucket, position: Position, prefix: Buffer): IndexRange {
  const range = bucketRange(bucket.id, position.key, true, prefix);
  if (position.afterSequence === undefined) return range;
  // One number lower is the next older version.
  return { start: versionKey(bucket.id, position.key, position.afterSequence - 1), end: range.end };
}

function objectOf(bucket: KnownBucket, key: Buffer, entry: IndexEntry<VersionRow>): ObjectRecord {
  return toObjectRecord(bucket.record.name, key.toString("utf8"), entry.row);
}
