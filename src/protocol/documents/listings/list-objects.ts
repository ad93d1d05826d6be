import type { ListedRows } from "../../../core/listed-rows.ts";
import { escapeXml } from "../../xml/render.ts";
import { objectLeaves, ObjectRowsMaker } from "./object-rows.ts";
import { PageValues } from "./page-values.ts";
import { prefixVisitor, readListing, type EntryReader } from "./read-listing.ts";
import {
  commonPrefixTags,
  documentHead,
  encodingTag,
  nameTag,
  nameWriter,
  tag,
  type WrittenFrame,
} from "./write-listing.ts";
import type { WrittenObjects } from "./written-objects.ts";

interface ObjectsPage extends WrittenFrame {
  readonly marker: string;
  readonly nextMarker: string | undefined;
}

/** ListObjects' answer, in UTF-8. */
export function renderListObjects(page: ObjectsPage, objects: WrittenObjects): Uint8Array {
  const write = nameWriter(page);
  return wholePage(page, objects, [
    nameTag("Name", page.bucket, escapeXml),
    nameTag("Prefix", page.prefix, write),
    nameTag("Marker", page.marker, write),
    nameTag("NextMarker", page.nextMarker, write),
  ]);
}

interface ObjectsPageV2 extends WrittenFrame {
  readonly startAfter: string | undefined;
  /** Opaque, as they came and as they will come back. */
  readonly continuationToken: string | undefined;
  readonly nextContinuationToken: string | undefined;
}

/** ListObjectsV2's answer, in UTF-8. */
export function renderListObjectsV2(page: ObjectsPageV2, objects: WrittenObjects): Uint8Array {
  const write = nameWriter(page);
  return wholePage(page, objects, [
    nameTag("Name", page.bucket, escapeXml),
    nameTag("Prefix", page.prefix, write),
    nameTag("StartAfter", page.startAfter, write),
    nameTag("ContinuationToken", page.continuationToken, escapeXml),
    nameTag("NextContinuationToken", page.nextContinuationToken, escapeXml),
    tag("KeyCount", objects.count + page.commonPrefixes.length),
  ]);
}

function wholePage(
  page: WrittenFrame,
  objects: WrittenObjects,
  markers: readonly string[],
): Uint8Array {
  const write = nameWriter(page);
  const root = "ListBucketResult";
  const head = documentHead(root, [
    ...markers,
    tag("MaxKeys", page.limit),
    nameTag("Delimiter", page.delimiter, write),
    encodingTag(page),
    tag("IsTruncated", page.isTruncated),
  ]);
  return objects.between(head, `${commonPrefixTags(page.commonPrefixes, write)}</${root}>`);
}

export interface ObjectListing {
  readonly rows: ListedRows;
  readonly commonPrefixes: string[];
  readonly isTruncated: boolean;
  /** ListObjectsV2's token of the next page; opaque. */
  readonly nextContinuationToken: string | undefined;
  /** ListObjects' marker of the next page; S3 leaves it out where the last key serves as marker. */
  readonly nextMarker: string | undefined;
}

/** Reads a page of either. Throws S3Error MalformedXML for what is no such document, or not all of it. */
export function readListObjects(bytes: Buffer): ObjectListing {
  const page = new PageValues(bytes);
  const maker = new ObjectRowsMaker(page);
  const commonPrefixes: string[] = [];
  let isTruncated = false;
  let nextContinuationToken: string | undefined;
  let nextMarker: string | undefined;
  const contents: EntryReader = {
    leaves: objectLeaves,
    take: (values) => maker.add(values),
  };
  readListing(page, {
    root: "ListBucketResult",
    entry(name, values) {
      if (name === "Contents") return contents;
      return name === "CommonPrefixes" ? prefixVisitor(commonPrefixes, values) : undefined;
    },
    value(name, values, start, end) {
      if (name === "IsTruncated") isTruncated = values.truth(start, end);
      else if (start === end) return;
      // Tokens are never percent-encoded.
      else if (name === "NextContinuationToken") nextContinuationToken = values.text(start, end);
      else if (name === "NextMarker") nextMarker = values.name(start, end);
    },
  });
  return { rows: maker.rows(), commonPrefixes, isTruncated, nextContinuationToken, nextMarker };
}
