import type { ListedVersionRecord, ObjectRecord, UploadRecord } from "../../engine/engine.ts";
import { formatListDate } from "../../protocol/list-date.ts";
import { escapeXml, s3Namespace } from "../../protocol/xml/render.ts";

/*
 * Listings are put together as text, not as nodes: a page has a thousand entries of which only keys
 * and ETags can need escaping, and pages are what `sync` and `ls` spend their time on.
 */

export type TagValue = string | number | boolean | undefined;

/** `<Name>value</Name>`; the value must be XML text already. Undefined: nothing. */
export function tag(name: string, value: TagValue): string {
  if (value === undefined) return "";
  return value === "" ? `<${name}/>` : `<${name}>${value}</${name}>`;
}

export function listDocument(root: string, parts: readonly string[]): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${s3Namespace}">` +
    `${parts.join("")}</${root}>`
  );
}

/** Only the id: S3 stopped giving display names in 2025. */
function ownerTag(ownerId: string): string {
  return `<Owner><ID>${ownerId}</ID></Owner>`;
}

export function commonPrefixTags(
  prefixes: readonly string[],
  encode: (text: string) => string,
): string {
  return prefixes
    .map((prefix) => `<CommonPrefixes>${tag("Prefix", encode(prefix))}</CommonPrefixes>`)
    .join("");
}

interface EntryOptions {
  readonly encode: (text: string) => string;
  /** Undefined: the listing shows no owners. */
  readonly ownerId: string | undefined;
}

/** `<Contents>` of ListObjects and ListObjectsV2. */
export function objectTag(record: ObjectRecord, { encode, ownerId }: EntryOptions): string {
  return (
    `<Contents><Key>${encode(record.key)}</Key>${contentTags(record)}` +
    `${ownerId === undefined ? "" : ownerTag(ownerId)}${storageClassTag(record)}</Contents>`
  );
}

/** `<Version>` or `<DeleteMarker>` of ListObjectVersions. */
export function versionTag(record: ListedVersionRecord, { encode, ownerId }: EntryOptions): string {
  const head =
    `<Key>${encode(record.key)}</Key><VersionId>${escapeXml(record.versionId)}</VersionId>` +
    `<IsLatest>${record.isLatest}</IsLatest>`;
  const owner = ownerId === undefined ? "" : ownerTag(ownerId);
  if (record.deleteMarker) {
    const date = `<LastModified>${formatListDate(record.lastModified)}</LastModified>`;
    return `<DeleteMarker>${head}${date}${owner}</DeleteMarker>`;
  }
  return `<Version>${head}${contentTags(record)}${owner}${storageClassTag(record)}</Version>`;
}

/** `<Upload>` of ListMultipartUploads. */
export function uploadTag(record: UploadRecord, { encode, ownerId }: EntryOptions): string {
  const { checksum } = record;
  return (
    `<Upload><Key>${encode(record.key)}</Key><UploadId>${escapeXml(record.uploadId)}</UploadId>` +
    `<Initiator><ID>${escapeXml(record.initiatorArn)}</ID></Initiator>` +
    `${ownerId === undefined ? "" : ownerTag(ownerId)}${storageClassTag(record)}` +
    `<Initiated>${formatListDate(record.initiatedAt)}</Initiated>` +
    `${tag("ChecksumAlgorithm", checksum?.algorithm)}${tag("ChecksumType", checksum?.type)}` +
    "</Upload>"
  );
}

function contentTags(record: ObjectRecord): string {
  const { checksum } = record;
  const checksumTags =
    checksum === undefined
      ? ""
      : `<ChecksumAlgorithm>${checksum.algorithm}</ChecksumAlgorithm>` +
        `<ChecksumType>${checksum.type}</ChecksumType>`;
  return (
    `<LastModified>${formatListDate(record.lastModified)}</LastModified>` +
    `<ETag>&quot;${escapeXml(record.etag)}&quot;</ETag>${checksumTags}<Size>${record.sizeBytes}</Size>`
  );
}

function storageClassTag({ storageClass }: { readonly storageClass?: string }): string {
  const name = storageClass === undefined ? "STANDARD" : escapeXml(storageClass);
  return `<StorageClass>${name}</StorageClass>`;
}
