import type { Tag } from "../core/bucket-settings.ts";
import type { ChecksumAlgorithm, ChecksumType } from "../core/checksum.ts";
import type { KeyKind } from "./at-rest.ts";
import type { BucketSettings } from "./engine.ts";
import type { ObjectEncryption } from "./object-encryption.ts";

/**
 * Rows of the index as they are stored: JSON with short names. Times are milliseconds since 1970.
 * A new optional field needs nothing. A change of meaning needs an upgrade in the table's codec
 * (`tables.ts`) and a new store format (`store-format.ts`).
 */

export interface BucketRow {
  readonly id: number;
  readonly region: string;
  readonly owner: string;
  readonly at: number;
  readonly settings: BucketSettings;
}

/**
 * A run of bytes. With a text id: of a file, which may be shared, so that offset and length matter.
 * With a number: the whole of a row of the inline table, which has one owner; its offset is 0.
 */
export type Slice = readonly [
  id: string | number,
  offset: number,
  length: number,
  /** What the bytes are encrypted with. Absent: nothing, as in the second format and before. */
  key?: KeyKind,
];

/** Where an object's bytes are: one slice, or a row of the manifest table; neither when empty. */
export interface ContentRow {
  /** Of the bytes; absent when nobody has read them in one go. */
  readonly md5?: string;
  readonly slice?: Slice;
  readonly manifest?: number;
}

export interface AttributesRow {
  readonly headers: Readonly<Record<string, string>>;
  readonly meta?: Readonly<Record<string, string>>;
  readonly tags?: readonly Tag[];
  readonly class?: string;
  /** Absent: AES256. */
  readonly enc?: ObjectEncryption;
}

export interface VersionRow extends AttributesRow {
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  readonly size: number;
  readonly etag: string;
  readonly marker?: 1;
  /** Of an archived object: until when its bytes may be read. */
  readonly restored?: number;
  readonly sum?: readonly [ChecksumAlgorithm, ChecksumType, string] | undefined;
  readonly content?: ContentRow | undefined;
}

export interface ManifestRow {
  readonly slices: readonly Slice[];
  /** Part number, size and checksum; absent for a copy, which has no parts of its own. */
  readonly parts?: readonly (readonly [number, number, string?])[];
}

export interface BlobRow {
  /** Slices that point here. */
  readonly refs: number;
  readonly size: number;
  readonly md5: string;
  readonly at: number;
  /** Its bytes are encrypted, and the rows of its checksums hold tags too. */
  readonly sealed?: 1;
}

export interface UploadRow extends AttributesRow {
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  readonly initiator: string;
  /** 1: the client asked for none. Absent: of an older version, which did not tell. */
  readonly sum?: readonly [ChecksumAlgorithm, ChecksumType, (0 | 1)?];
  /** The key's object was deleted while this upload was open. */
  readonly deleted?: 1;
}

/** What became of an upload. */
export interface CompletionRow {
  readonly upload: string;
  readonly bucket: number;
  /** Base64url of its bytes. */
  readonly key: string;
  readonly seq: number;
  readonly version: string;
  readonly at: number;
}

export interface PartRow {
  readonly size: number;
  readonly etag: string;
  readonly at: number;
  readonly sum?: string;
  readonly slices: readonly Slice[];
}
