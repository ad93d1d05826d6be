import type {
  ObjectAttributes,
  ObjectPart,
  ObjectRecord,
  UploadChecksum,
  UploadRecord,
} from "./engine.ts";
import type { ObjectEncryption } from "./object-encryption.ts";
import type { AttributesRow, ContentRow, ManifestRow, UploadRow, VersionRow } from "./rows.ts";

type SumRow = NonNullable<UploadRow["sum"]>;

const defaultAlgorithm = "AES256";

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Assigned one by one, as all that is made for each request: V8 has no quick way for spread parts. */
export function attributesToRow(attributes: ObjectAttributes): AttributesRow {
  const { headers, metadata, tags, storageClass, encryption } = attributes;
  const plain =
    encryption.algorithm === defaultAlgorithm &&
    encryption.kmsKeyId === undefined &&
    encryption.customerKeyMd5 === undefined &&
    encryption.bucketKeyEnabled === undefined;
  const row: Mutable<AttributesRow> = { headers };
  if (Object.keys(metadata).length !== 0) row.meta = metadata;
  if (tags !== undefined && tags.length !== 0) row.tags = tags;
  if (storageClass !== undefined) row.class = storageClass;
  if (!plain) row.enc = encryption;
  return row;
}

/** The attributes of a row alone, for an object made from an upload. */
export function attributesOfRow(row: AttributesRow): AttributesRow {
  const { headers, meta, tags, enc } = row;
  return {
    headers,
    ...(meta !== undefined && { meta }),
    ...(tags !== undefined && { tags }),
    ...(row.class !== undefined && { class: row.class }),
    ...(enc !== undefined && { enc }),
  };
}

/** Shared by all records without metadata; records are read-only. */
const noMetadata: Readonly<Record<string, string>> = {};
const defaultEncryption: ObjectEncryption = { algorithm: defaultAlgorithm };

/** Assigned one by one: building it from spread parts made listings three times as slow. */
export function toObjectRecord(
  bucket: string,
  key: string,
  row: VersionRow,
  parts?: ManifestRow["parts"],
): ObjectRecord {
  const record: Mutable<ObjectRecord> = {
    headers: row.headers,
    metadata: row.meta ?? noMetadata,
    encryption: row.enc ?? defaultEncryption,
    bucket,
    key,
    versionId: row.id,
    deleteMarker: row.marker === 1,
    sizeBytes: row.size,
    etag: row.etag,
    lastModified: new Date(row.at),
    content: row.content,
  };
  if (row.tags !== undefined) record.tags = row.tags;
  if (row.class !== undefined) record.storageClass = row.class;
  if (row.sum !== undefined) {
    record.checksum = { algorithm: row.sum[0], type: row.sum[1], value: row.sum[2] };
  }
  if (row.restored !== undefined) record.restoredUntil = new Date(row.restored);
  if (parts !== undefined) record.parts = parts.map(toObjectPart);
  return record;
}

function toObjectPart([partNumber, sizeBytes, checksum]: readonly [
  number,
  number,
  string?,
]): ObjectPart {
  return { partNumber, sizeBytes, ...(checksum !== undefined && { checksum }) };
}

/** A record's content as this engine put it there. */
export function contentOf(record: ObjectRecord): ContentRow | undefined {
  return record.content as ContentRow | undefined;
}

export function toUploadRecord(bucket: string, key: string, row: UploadRow): UploadRecord {
  return {
    headers: row.headers,
    metadata: row.meta ?? noMetadata,
    ...(row.tags !== undefined && { tags: row.tags }),
    ...(row.class !== undefined && { storageClass: row.class }),
    encryption: row.enc ?? defaultEncryption,
    bucket,
    key,
    uploadId: row.id,
    initiatedAt: new Date(row.at),
    initiatorArn: row.initiator,
    ...(row.sum !== undefined && { checksum: checksumOfRow(row.sum) }),
  };
}

export function checksumToRow({ algorithm, type, unasked }: UploadChecksum): SumRow {
  return [algorithm, type, unasked === true ? 1 : 0];
}

/**
 * A row of two is older: it held CRC64NVME for uploads that named no algorithm, too, and nobody who
 * named it minds to be taken for one of those.
 */
function checksumOfRow([algorithm, type, unasked]: SumRow): UploadChecksum {
  const isUnasked = unasked === undefined ? algorithm === "CRC64NVME" : unasked === 1;
  return { algorithm, type, ...(isUnasked && { unasked: true }) };
}
