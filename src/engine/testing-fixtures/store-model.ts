import type { VersioningStatus } from "../../core/bucket-settings.ts";

/** What a bucket holds by S3's rules, told as simply as possible: lists in memory. */

export interface ModelVersion {
  readonly id: string;
  readonly marker: boolean;
  readonly bytes: Buffer;
  readonly etag: string;
  /** When it was made, among versions and uploads. */
  readonly order: number;
  tags: number;
}

type NewModelVersion = Pick<ModelVersion, "marker" | "bytes" | "etag">;

export interface ModelUpload {
  readonly bucket: string;
  readonly key: string;
  readonly id: string;
  readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string }>;
  readonly order: number;
  /** The key's object was deleted since the upload began. */
  deleted: boolean;
}

export interface ModelBucket {
  versioning: VersioningStatus | undefined;
  /** Newest first; never an empty list. */
  readonly keys: Map<string, ModelVersion[]>;
}

export type ModelCondition = "none" | "absent" | "matching" | "other";

const empty = Buffer.alloc(0);

/** The name in `key NAME` or `prefix NAME`. */
export function nameOf(text: string): Buffer {
  return Buffer.from(text.slice(text.indexOf(" ") + 1));
}

export class StoreModel {
  readonly buckets = new Map<string, ModelBucket>();
  readonly uploads = new Map<string, ModelUpload>();
  #made = 0;

  nextOrder(): number {
    this.#made += 1;
    return this.#made;
  }

  latest(bucket: string, key: string): ModelVersion | undefined {
    return this.buckets.get(bucket)?.keys.get(key)?.[0];
  }

  /** The latest version unless it is a marker. */
  current(bucket: string, key: string): ModelVersion | undefined {
    const latest = this.latest(bucket, key);
    return latest?.marker === true ? undefined : latest;
  }

  /** The code of the error that a write with this condition must give. */
  refusal(bucket: string, key: string, condition: ModelCondition): string | undefined {
    if (!this.buckets.has(bucket)) return "NoSuchBucket";
    const current = this.current(bucket, key);
    if (condition === "absent" && current !== undefined) return "PreconditionFailed";
    if ((condition === "matching" || condition === "other") && current === undefined) {
      return "NoSuchKey";
    }
    return condition === "other" ? "PreconditionFailed" : undefined;
  }

  /** @param madeId The id that the store gave; used where versioning is on. */
  add(bucket: string, key: string, madeId: string, version: NewModelVersion): void {
    const { versioning, keys } = this.#bucket(bucket);
    const id = versioning === "Enabled" ? madeId : "null";
    const others = (keys.get(key) ?? []).filter((other) => other.id !== id);
    keys.set(key, [{ ...version, id, order: this.nextOrder(), tags: 0 }, ...others]);
  }

  delete(bucket: string, key: string, madeId: string): void {
    const { versioning, keys } = this.#bucket(bucket);
    if (this.current(bucket, key) !== undefined) this.#markDeleted(bucket, key);
    if (versioning === undefined) keys.delete(key);
    else this.add(bucket, key, madeId, { marker: true, bytes: empty, etag: "" });
  }

  deleteVersion(bucket: string, key: string, id: string): void {
    const { keys } = this.#bucket(bucket);
    const existed = this.current(bucket, key) !== undefined;
    const left = (keys.get(key) ?? []).filter((version) => version.id !== id);
    if (left.length === 0) keys.delete(key);
    else keys.set(key, left);
    if (existed && this.current(bucket, key) === undefined) this.#markDeleted(bucket, key);
  }

  deleteBucket(bucket: string): void {
    this.buckets.delete(bucket);
    for (const upload of this.uploads.values()) {
      if (upload.bucket === bucket) this.uploads.delete(upload.id);
    }
  }

  /** Keys, or versions, or uploads, in UTF-8 order with common prefixes rolled up. */
  static list(keys: Iterable<string>, prefix: string, delimiter: string): string[] {
    const found = new Set<string>();
    for (const key of keys) {
      if (!key.startsWith(prefix)) continue;
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      found.add(at === -1 ? `key ${key}` : `prefix ${key.slice(0, at + delimiter.length)}`);
    }
    return [...found].sort((a, b) => Buffer.compare(nameOf(a), nameOf(b)));
  }

  currentKeys(bucket: string): string[] {
    return [...this.#bucket(bucket).keys.keys()].filter((key) => this.current(bucket, key));
  }

  /** `key id latest? marker?` of all versions, in the order of a listing. */
  versions(bucket: string): string[] {
    const sorted = [...this.#bucket(bucket).keys].sort(([a], [b]) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    return sorted.flatMap(([key, versions]) =>
      versions.map((version, at) => `${key} ${version.id} ${at === 0} ${version.marker}`),
    );
  }

  #bucket(name: string): ModelBucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw new Error(`The model has no bucket ${name}.`);
    return bucket;
  }

  #markDeleted(bucket: string, key: string): void {
    for (const upload of this.uploads.values()) {
      if (upload.bucket === bucket && upload.key === key) upload.deleted = true;
    }
  }
}
