import type { ListedVersion } from "../../../core/object-store.ts";
import { formatListDate } from "../../list-date.ts";
import { escapeXml } from "../../xml/render.ts";
import type { EntryValues } from "./entry-values.ts";
import { PageValues } from "./page-values.ts";
import { prefixVisitor, readListing, type EntryReader } from "./read-listing.ts";
import {
  commonPrefixTags,
  contentTags,
  encodingTag,
  listDocument,
  nameTag,
  nameWriter,
  ownerTag,
  restoreTag,
  storageClassTag,
  tag,
  type NameWriter,
  type WrittenContent,
  type WrittenPage,
} from "./write-listing.ts";

interface WrittenVersion extends WrittenContent {
  readonly versionId: string;
  readonly isLatest: boolean;
  /** Of a marker only its date and owner are written. */
  readonly deleteMarker: boolean;
}

interface VersionsPage extends WrittenPage<WrittenVersion> {
  readonly keyMarker: string;
  readonly versionIdMarker: string;
  readonly nextKeyMarker: string | undefined;
  readonly nextVersionIdMarker: string | undefined;
}

/** ListObjectVersions' answer. */
export function renderListObjectVersions(page: VersionsPage): string {
  const write = nameWriter(page);
  return listDocument("ListVersionsResult", [
    nameTag("Name", page.bucket, escapeXml),
    nameTag("Prefix", page.prefix, write),
    nameTag("KeyMarker", page.keyMarker, write),
    nameTag("VersionIdMarker", page.versionIdMarker, escapeXml),
    nameTag("NextKeyMarker", page.nextKeyMarker, write),
    nameTag("NextVersionIdMarker", page.nextVersionIdMarker, escapeXml),
    tag("MaxKeys", page.limit),
    nameTag("Delimiter", page.delimiter, write),
    encodingTag(page),
    tag("IsTruncated", page.isTruncated),
    ...page.entries.map((entry) => versionTag(entry, ownerTag(page.ownerId), write)),
    commonPrefixTags(page.commonPrefixes, write),
  ]);
}

function versionTag(entry: WrittenVersion, owner: string, write: NameWriter): string {
  const head =
    `<Key>${write(entry.key)}</Key><VersionId>${escapeXml(entry.versionId)}</VersionId>` +
    `<IsLatest>${entry.isLatest}</IsLatest>`;
  if (entry.deleteMarker) {
    const date = `<LastModified>${formatListDate(entry.lastModified)}</LastModified>`;
    return `<DeleteMarker>${head}${date}${owner}</DeleteMarker>`;
  }
  const storageClass = storageClassTag(entry.storageClass);
  const behind = `${owner}${storageClass}${restoreTag(entry.restored)}`;
  return `<Version>${head}${contentTags(entry)}${behind}</Version>`;
}

export interface VersionListing {
  readonly versions: ListedVersion[];
  readonly commonPrefixes: string[];
  readonly isTruncated: boolean;
  readonly nextKeyMarker: string | undefined;
  readonly nextVersionIdMarker: string | undefined;
}

/** Throws S3Error MalformedXML for what is no such document, or not all of it. */
export function readListObjectVersions(bytes: Buffer): VersionListing {
  const versions: ListedVersion[] = [];
  const commonPrefixes: string[] = [];
  let isTruncated = false;
  let nextKeyMarker: string | undefined;
  let nextVersionIdMarker: string | undefined;
  const readerOf = (isDeleteMarker: boolean): EntryReader => ({
    leaves: versionLeaves,
    take: (values) => versions.push(readVersion(values, isDeleteMarker)),
  });
  const version = readerOf(false);
  const deleteMarker = readerOf(true);
  readListing(new PageValues(bytes), {
    root: "ListVersionsResult",
    entry(name, values) {
      if (name === "Version") return version;
      if (name === "DeleteMarker") return deleteMarker;
      return name === "CommonPrefixes" ? prefixVisitor(commonPrefixes, values) : undefined;
    },
    value(name, values, start, end) {
      if (name === "IsTruncated") isTruncated = values.truth(start, end);
      else if (name === "NextKeyMarker") nextKeyMarker = values.name(start, end);
      else if (name === "NextVersionIdMarker") nextVersionIdMarker = values.text(start, end);
    },
  });
  return { versions, commonPrefixes, isTruncated, nextKeyMarker, nextVersionIdMarker };
}

const versionLeaves = [
  "Key",
  "VersionId",
  "IsLatest",
  "LastModified",
  "Size",
  "ETag",
  "StorageClass",
];

/** Slots are places in `versionLeaves`. */
function readVersion(values: EntryValues, isDeleteMarker: boolean): ListedVersion {
  const entry: { -readonly [Name in keyof ListedVersion]: ListedVersion[Name] } = {
    key: values.name(0),
    versionId: values.word(1) ?? "null",
    isLatest: values.word(2) === "true",
    isDeleteMarker,
    lastModified: values.date(3),
    sizeBytes: values.number(4),
  };
  if (values.has(5)) entry.etag = values.etag(5);
  const storageClass = values.word(6);
  if (storageClass !== undefined) entry.storageClass = storageClass;
  return entry;
}
