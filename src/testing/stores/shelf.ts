import type { ResolvedRange } from "../../core/byte-range.ts";
import type { ChecksumAlgorithm, ChecksumType, ObjectChecksum } from "../../core/checksum.ts";
import { compareKeys } from "../../core/object-key.ts";
import type { ObjectHeaders, ObjectTags, UploadAddress } from "../../core/object-store.ts";

/** Bytes that a shelf holds. */
export interface KeptBytes {
  readonly sizeBytes: number;
  /** Default: all of them. */
  open(range?: ResolvedRange): AsyncIterable<Uint8Array>;
  /** Takes away what nobody has published. */
  discard(): Promise<void>;
}

/** A version of an object, or a delete marker; plain data but for the bytes. */
export interface KeptVersion {
  /** `null` in a bucket without versioning. */
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  readonly lastModified: Date;
  /** With its quotes; empty of a delete marker. */
  readonly etag: string;
  readonly headers: ObjectHeaders;
  readonly tags: ObjectTags;
  readonly checksum?: ObjectChecksum;
  /** Sizes of the parts of an object that was put together. */
  readonly partSizes?: readonly number[];
  readonly bytes: KeptBytes;
}

/** An upload in parts that is not completed. */
export interface KeptUpload extends UploadAddress {
  readonly initiated: Date;
  readonly headers: ObjectHeaders;
  readonly tags: ObjectTags;
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly type: ChecksumType | undefined;
}

export interface KeptPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly checksum?: ObjectChecksum;
  readonly bytes: KeptBytes;
}

/** Where a walk through the keys begins. */
export interface Place {
  readonly key: string;
  /** `behind-all`: behind every key that begins with `key`. */
  readonly from: "at" | "behind" | "behind-all";
}

/** Where objects are kept. Each call is whole or not at all; a key's calls come one at a time. */
export interface Shelf {
  /** In the order of S3's listings. */
  keys(place: Place): AsyncIterable<string>;
  /** The newest first; empty: no such key. */
  read(key: string): Promise<readonly KeptVersion[]>;
  /** Takes bytes that no key has yet. */
  keep(bytes: AsyncIterable<Uint8Array>): Promise<KeptBytes>;
  /**
   * What a key holds from now on, the newest first; empty takes the key away. Bytes that `keep`
   * answered belong to the key now; those that `read` answered stay where they are. `isNew`: only
   * where no other process made the key meanwhile; false: one did.
   */
  write(key: string, versions: readonly KeptVersion[], isNew: boolean): Promise<boolean>;
  readonly uploads: UploadShelf;
}

/** Where uploads in parts wait for their completion. */
export interface UploadShelf {
  begin(upload: KeptUpload): Promise<void>;
  all(): Promise<readonly KeptUpload[]>;
  find(address: UploadAddress): Promise<KeptUpload | undefined>;
  /** In the order of their numbers. */
  parts(upload: KeptUpload): Promise<readonly KeptPart[]>;
  putPart(upload: KeptUpload, part: KeptPart): Promise<void>;
  end(upload: KeptUpload): Promise<void>;
}

/** Of keys in order, those from `place` on. */
export async function* keysFrom(ordered: readonly string[], place: Place): AsyncGenerator<string> {
  for (let index = firstFrom(ordered, place); index < ordered.length; index += 1) {
    const key = ordered[index];
    if (key !== undefined) yield key;
  }
}

function firstFrom(ordered: readonly string[], place: Place): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(ordered[middle] ?? "", place)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a walk from `place` leaves this key out. */
export function isBefore(key: string, place: Place): boolean {
  const order = compareKeys(key, place.key);
  if (place.from === "at") return order < 0;
  return order <= 0 || (place.from === "behind-all" && key.startsWith(place.key));
}
