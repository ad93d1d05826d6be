import { compareKeys } from "../core/object-key.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { BucketRecord, BucketSettings, NewBucket } from "./engine.ts";
import type { ListBucketsOptions } from "./list-queries.ts";
import type { WriteContext } from "./group-commit.ts";
import { asBuffer, everything } from "./index-keys.ts";
import type { BucketRow } from "./rows.ts";
import type { Tables } from "./tables.ts";

export interface KnownBucket {
  readonly id: number;
  readonly record: BucketRecord;
}

/**
 * The buckets, all in memory, since every operation needs one. Readers see what is committed; a
 * write sees, through its context, what writes before it in the same transaction did.
 */
export class BucketStore {
  readonly #committed = new Map<string, KnownBucket>();

  constructor(tables: Tables) {
    this.reload(tables);
  }

  /** Reads them anew, where the table was written by others. */
  reload(tables: Tables): void {
    this.#committed.clear();
    for (const entry of tables.buckets.range(everything)) {
      const name = asBuffer(entry.key).toString("utf8");
      this.#committed.set(name, toKnownBucket(name, entry.row));
    }
  }

  get count(): number {
    return this.#committed.size;
  }

  find(name: string): KnownBucket | undefined {
    return this.#committed.get(name);
  }

  /** Throws NoSuchBucket. */
  get(name: string): KnownBucket {
    const bucket = this.find(name);
    if (bucket === undefined) throw noSuchBucket(name);
    return bucket;
  }

  /** Inside a transaction. Throws NoSuchBucket. */
  getIn(context: WriteContext, name: string): KnownBucket {
    const bucket = this.#findIn(context, name);
    if (bucket === undefined) throw noSuchBucket(name);
    return bucket;
  }

  create(context: WriteContext, input: NewBucket, now: Date): BucketRecord {
    const existing = this.#findIn(context, input.name);
    if (existing !== undefined) {
      const own = existing.record.ownerAccountId === input.ownerAccountId;
      throw new S3Error(own ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists", {
        extra: { BucketName: input.name },
      });
    }
    const record: BucketRecord = {
      name: input.name,
      region: input.region,
      ownerAccountId: input.ownerAccountId,
      createdAt: now,
      settings: input.settings ?? {},
    };
    this.#put(context, { id: context.sequence.next(), record });
    return record;
  }

  update(
    context: WriteContext,
    name: string,
    change: (settings: BucketSettings) => BucketSettings,
  ): BucketRecord {
    const bucket = this.getIn(context, name);
    const record = { ...bucket.record, settings: change(bucket.record.settings) };
    this.#put(context, { id: bucket.id, record });
    return record;
  }

  remove(context: WriteContext, name: string): void {
    context.tables.buckets.remove(nameKey(name));
    context.notes.set(noteName(name), removed);
    context.afterCommit(() => this.#committed.delete(name));
  }

  list(options: ListBucketsOptions): BucketRecord[] {
    const { prefix = "", after, limit = Number.POSITIVE_INFINITY } = options;
    return [...this.#committed.values()]
      .map((bucket) => bucket.record)
      .filter((bucket) => bucket.name.startsWith(prefix))
      .filter((bucket) => after === undefined || compareKeys(bucket.name, after) > 0)
      .sort((a, b) => compareKeys(a.name, b.name))
      .slice(0, limit);
  }

  #put(context: WriteContext, bucket: KnownBucket): void {
    const { name } = bucket.record;
    context.tables.buckets.put(nameKey(name), toRow(bucket));
    context.notes.set(noteName(name), bucket);
    context.afterCommit(() => this.#committed.set(name, bucket));
  }

  #findIn(context: WriteContext, name: string): KnownBucket | undefined {
    const note = context.notes.get(noteName(name));
    if (note === removed) return undefined;
    return (note as KnownBucket | undefined) ?? this.#committed.get(name);
  }
}

const removed = Symbol("removed");

function noteName(bucket: string): string {
  return `bucket ${bucket}`;
}

function nameKey(bucket: string): Buffer {
  return Buffer.from(bucket, "utf8");
}

function toRow({ id, record }: KnownBucket): BucketRow {
  const { region, ownerAccountId, createdAt, settings } = record;
  return { id, region, owner: ownerAccountId, at: createdAt.getTime(), settings };
}

function toKnownBucket(name: string, row: BucketRow): KnownBucket {
  const { id, region, owner, at, settings } = row;
  const createdAt = new Date(at);
  return { id, record: { name, region, ownerAccountId: owner, createdAt, settings } };
}

function noSuchBucket(name: string): S3Error {
  return new S3Error("NoSuchBucket", { extra: { BucketName: name } });
}
