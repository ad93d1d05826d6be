import type { ListedVersion } from "../../../core/object-store.ts";
import { formatListDate } from "../../list-date.ts";
import { escapeXml } from "../../xml/render.ts";
import { unescapeXml } from "../../xml/unescape.ts";
import type { LeafVisitor } from "./listing-scanner.ts";
import {
  prefixVisitor,
  readDate,
  readEtag,
  readListing,
  readName,
  readTruth,
  type ListingText,
} from "./read-listing.ts";
import {
  commonPrefixTags,
  contentTags,
  encodingTag,
  listDocument,
  nameTag,
  nameWriter,
  ownerTag,
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
  return `<Version>${head}${contentTags(entry)}${owner}${storageClass}</Version>`;
}

export interface VersionListing {
  readonly versions: ListedVersion[];
  readonly commonPrefixes: string[];
  readonly isTruncated: boolean;
  readonly nextKeyMarker: string | undefined;
  readonly nextVersionIdMarker: string | undefined;
}

/** Throws S3Error MalformedXML for what is no such document, or not all of it. */
export function readListObjectVersions(text: string): VersionListing {
  const versions: ListedVersion[] = [];
  const commonPrefixes: string[] = [];
  let isTruncated = false;
  let nextKeyMarker: string | undefined;
  let nextVersionIdMarker: string | undefined;
  readListing(text, {
    root: "ListVersionsResult",
    entry(name, page) {
      if (name === "Version") return versionVisitor(versions, page, false);
      if (name === "DeleteMarker") return versionVisitor(versions, page, true);
      if (name === "CommonPrefixes") return prefixVisitor(commonPrefixes, page);
      return undefined;
    },
    value(name, value, page) {
      if (name === "IsTruncated") isTruncated = readTruth(value);
      else if (name === "NextKeyMarker") nextKeyMarker = readName(page, value);
      else if (name === "NextVersionIdMarker") nextVersionIdMarker = unescapeXml(value);
    },
  });
  return { versions, commonPrefixes, isTruncated, nextKeyMarker, nextVersionIdMarker };
}

function versionVisitor(
  versions: ListedVersion[],
  page: ListingText,
  isDeleteMarker: boolean,
): LeafVisitor {
  const entry: { -readonly [Name in keyof ListedVersion]: ListedVersion[Name] } = {
    key: "",
    versionId: "null",
    isLatest: false,
    isDeleteMarker,
    lastModified: new Date(0),
    sizeBytes: 0,
  };
  versions.push(entry);
  return (name, value) => {
    switch (name) {
      case "Key":
        entry.key = readName(page, value);
        break;
      case "VersionId":
        entry.versionId = unescapeXml(value);
        break;
      case "IsLatest":
        entry.isLatest = value === "true";
        break;
      case "LastModified":
        entry.lastModified = readDate(value);
        break;
      case "Size":
        entry.sizeBytes = Number(value);
        break;
      case "ETag":
        entry.etag = readEtag(value);
        break;
      case "StorageClass":
        entry.storageClass = unescapeXml(value);
        break;
    }
  };
}
