import {
  asBuffer,
  keyOfObjectKey,
  keyOfSequenceKey,
  readNumber,
  type IndexRange,
} from "./index-keys.ts";
import { byteRows, jsonRows, numberRows, type RowCodec, type RowName } from "./row-codec.ts";
import type {
  BlobRow,
  BucketRow,
  CompletionRow,
  ManifestRow,
  PartRow,
  UploadRow,
  VersionRow,
} from "./rows.ts";

/** The tables of the index and what a row of each is. */
export interface RowTypes {
  /** Single values: the last sequence number. */
  readonly meta: number;
  /** By bucket name. */
  readonly buckets: BucketRow;
  /** Latest version of each key unless it is a delete marker. */
  readonly current: VersionRow;
  /** All other versions, newest first within a key. */
  readonly versions: VersionRow;
  /** Key -> sequence number of its null version, while that one is in `versions`. */
  readonly nulls: number;
  /** Small contents. */
  readonly inline: Uint8Array;
  /** Contents of several slices. */
  readonly manifests: ManifestRow;
  /** Files in use. */
  readonly blobs: BlobRow;
  /** Checksums of the blocks of files; see `block-sums.ts`. */
  readonly sums: Uint8Array;
  /** Files to unlink. */
  readonly garbage: BlobRow;
  /** Open multipart uploads. */
  readonly uploads: UploadRow;
  /** Their parts. */
  readonly parts: PartRow;
  /** Uploads completed a short time ago. */
  readonly completions: CompletionRow;
  /** State of the services beside S3; each knows the shape of its own. */
  readonly records: unknown;
}

export type TableName = keyof RowTypes;

export interface IndexEntry<Row> {
  readonly key: Uint8Array;
  /** Decoded when it is asked for; throws S3Error InternalError when it is damaged. */
  readonly row: Row;
}

/** One ordered table. Reads see what is committed; inside a transaction, also its own writes. */
export interface Table<Row> {
  get(key: Uint8Array): Row | undefined;
  has(key: Uint8Array): boolean;
  range(range: IndexRange): Iterable<IndexEntry<Row>>;
}

export interface WritableTable<Row> extends Table<Row> {
  put(key: Uint8Array, row: Row): void;
  remove(key: Uint8Array): void;
}

export type Tables = { readonly [Name in TableName]: Table<RowTypes[Name]> };
export type WritableTables = { readonly [Name in TableName]: WritableTable<RowTypes[Name]> };

const text = (key: Uint8Array): string => asBuffer(key).toString("utf8");

/**
 * What listings show of a version stands before its sequence number, so that they need not look at the rest.
 * Rows of older versions have it behind; either is found.
 */
function versionRows(name: RowName): RowCodec<VersionRow> {
  const codec = jsonRows<VersionRow>(name);
  return {
    encode: (row, key) => {
      const { at, size, etag, sum } = row;
      // What is undefined takes no room in JSON.
      return codec.encode(Object.assign({ at, size, etag, class: row.class, sum }, row), key);
    },
    decode: (bytes, key) => codec.decode(bytes, key),
  };
}

/** How the rows of each table are written. `meta` holds a number, but as JSON, as it always did. */
export const rowCodecs: { readonly [Name in TableName]: RowCodec<RowTypes[Name]> } = {
  meta: jsonRows((key) => `the ${text(key)} number`),
  buckets: jsonRows((key) => `bucket ${text(key)}`),
  current: versionRows((key) => `object ${text(keyOfObjectKey(key))}`),
  versions: versionRows((key) => `a version of object ${text(keyOfSequenceKey(key))}`),
  nulls: numberRows((key) => `the null version of object ${text(keyOfObjectKey(key))}`),
  inline: byteRows((key) => `the bytes of an object, ${readNumber(key)}`),
  manifests: jsonRows((key) => `manifest ${readNumber(key)}`),
  blobs: jsonRows((key) => `file ${asBuffer(key).toString("hex")}`),
  sums: byteRows((key) => `checksums of file ${asBuffer(key).toString("hex", 0, 16)}`),
  garbage: jsonRows((key) => `deleted file ${asBuffer(key).toString("hex")}`),
  uploads: jsonRows((key) => `an upload of object ${text(keyOfSequenceKey(key))}`),
  parts: jsonRows((key) => `a part of upload ${readNumber(key)}`),
  completions: jsonRows((key) => `completed upload ${readNumber(key)}`),
  records: jsonRows((key) => `the record ${text(key).replace("\0", " ")}`),
};

/** Tables of the first format, which every index has. Later ones are made when it is opened. */
export const firstTables: readonly TableName[] = [
  "meta",
  "buckets",
  "current",
  "versions",
  "nulls",
  "inline",
  "manifests",
  "blobs",
  "garbage",
  "uploads",
  "parts",
  "completions",
];

export function isTableName(name: string): name is TableName {
  return Object.hasOwn(rowCodecs, name);
}

export const tableNames = Object.keys(rowCodecs) as readonly TableName[];
