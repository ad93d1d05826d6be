import { parseChecksumAlgorithm } from "../../../core/checksum.ts";
import type { ListedObject } from "../../../core/object-store.ts";
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

interface ObjectsPage extends WrittenPage<WrittenContent> {
  readonly marker: string;
  readonly nextMarker: string | undefined;
}

/** ListObjects' answer. */
export function renderListObjects(page: ObjectsPage): string {
  const write = nameWriter(page);
  return listDocument("ListBucketResult", [
    nameTag("Name", page.bucket, escapeXml),
    nameTag("Prefix", page.prefix, write),
    nameTag("Marker", page.marker, write),
    nameTag("NextMarker", page.nextMarker, write),
    ...restOfPage(page, write),
  ]);
}

interface ObjectsPageV2 extends WrittenPage<WrittenContent> {
  readonly startAfter: string | undefined;
  /** Opaque, as they came and as they will come back. */
  readonly continuationToken: string | undefined;
  readonly nextContinuationToken: string | undefined;
}

/** ListObjectsV2's answer. */
export function renderListObjectsV2(page: ObjectsPageV2): string {
  const write = nameWriter(page);
  return listDocument("ListBucketResult", [
    nameTag("Name", page.bucket, escapeXml),
    nameTag("Prefix", page.prefix, write),
    nameTag("StartAfter", page.startAfter, write),
    nameTag("ContinuationToken", page.continuationToken, escapeXml),
    nameTag("NextContinuationToken", page.nextContinuationToken, escapeXml),
    tag("KeyCount", page.entries.length + page.commonPrefixes.length),
    ...restOfPage(page, write),
  ]);
}

function restOfPage(page: WrittenPage<WrittenContent>, write: NameWriter): string[] {
  const owner = ownerTag(page.ownerId);
  return [
    tag("MaxKeys", page.limit),
    nameTag("Delimiter", page.delimiter, write),
    encodingTag(page),
    tag("IsTruncated", page.isTruncated),
    ...page.entries.map(
      (entry) =>
        `<Contents><Key>${write(entry.key)}</Key>${contentTags(entry)}` +
        `${owner}${storageClassTag(entry.storageClass)}</Contents>`,
    ),
    commonPrefixTags(page.commonPrefixes, write),
  ];
}

export interface ObjectListing {
  readonly objects: ListedObject[];
  readonly commonPrefixes: string[];
  readonly isTruncated: boolean;
  /** ListObjectsV2's token of the next page; opaque. */
  readonly nextContinuationToken: string | undefined;
  /** ListObjects' marker of the next page; S3 leaves it out where the last key serves as marker. */
  readonly nextMarker: string | undefined;
}

/** Reads a page of either. Throws S3Error MalformedXML for what is no such document, or not all of it. */
export function readListObjects(text: string): ObjectListing {
  const objects: ListedObject[] = [];
  const commonPrefixes: string[] = [];
  let isTruncated = false;
  let nextContinuationToken: string | undefined;
  let nextMarker: string | undefined;
  const nextObject = objectVisitor(objects);
  readListing(text, {
    root: "ListBucketResult",
    entry(name, page) {
      if (name === "Contents") return nextObject(page);
      if (name === "CommonPrefixes") return prefixVisitor(commonPrefixes, page);
      return undefined;
    },
    value(name, value, page) {
      if (name === "IsTruncated") isTruncated = readTruth(value);
      else if (value === "") return;
      // Tokens are never percent-encoded.
      else if (name === "NextContinuationToken") nextContinuationToken = unescapeXml(value);
      else if (name === "NextMarker") nextMarker = readName(page, value);
    },
  });
  return { objects, commonPrefixes, isTruncated, nextContinuationToken, nextMarker };
}

type Entry = { -readonly [Name in keyof ListedObject]: ListedObject[Name] };

/**
 * Each call begins an entry in the list; what it answers fills it, since S3 gives the members in no
 * promised order. One function for all entries of a page: making one for each takes longer than reading it.
 */
function objectVisitor(objects: ListedObject[]): (page: ListingText) => LeafVisitor {
  let entry: Entry = noEntry;
  let page: ListingText;
  const visit: LeafVisitor = (name, value) => {
    switch (name) {
      case "Key":
        entry.key = readName(page, value);
        break;
      case "Size":
        entry.sizeBytes = Number(value);
        break;
      case "ETag":
        entry.etag = readEtag(value);
        break;
      case "LastModified":
        entry.lastModified = readDate(value);
        break;
      case "StorageClass":
        entry.storageClass = unescapeXml(value);
        break;
      case "ChecksumAlgorithm": {
        const algorithm = parseChecksumAlgorithm(value);
        if (algorithm !== undefined) entry.checksumAlgorithm = algorithm;
        break;
      }
      case "ChecksumType":
        if (value === "FULL_OBJECT" || value === "COMPOSITE") entry.checksumType = value;
        break;
    }
  };
  return (current) => {
    page = current;
    entry = { key: "", sizeBytes: 0, etag: "", lastModified: epoch };
    objects.push(entry);
    return visit;
  };
}

/** Of entries that tell no date. */
const epoch = new Date(0);
const noEntry: Entry = { key: "", sizeBytes: 0, etag: "", lastModified: epoch };
