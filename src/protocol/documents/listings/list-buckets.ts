import { formatListDate } from "../../list-date.ts";
import { element, optionalElement, type XmlNode } from "../../xml/render.ts";
import { unescapeXml } from "../../xml/unescape.ts";
import type { LeafVisitor } from "./listing-scanner.ts";
import { readDate, readListing } from "./read-listing.ts";

interface ListedBucket {
  readonly name: string;
  /** To the second. */
  readonly createdAt: Date;
  /** Shown only to who asks with a parameter. */
  readonly region: string | undefined;
  readonly arn: string | undefined;
}

export interface BucketListing {
  readonly ownerId: string;
  readonly buckets: readonly ListedBucket[];
  readonly prefix: string | undefined;
  /** Of the next page; undefined: this is the last. */
  readonly continuationToken: string | undefined;
}

/** ListBuckets' answer. */
export function renderListBuckets(listing: BucketListing): XmlNode {
  return element(
    "ListAllMyBucketsResult",
    element("Owner", element("ID", listing.ownerId)),
    element(
      "Buckets",
      listing.buckets.map((bucket) =>
        element(
          "Bucket",
          element("Name", bucket.name),
          element("CreationDate", formatListDate(bucket.createdAt)),
          optionalElement("BucketRegion", bucket.region),
          optionalElement("BucketArn", bucket.arn),
        ),
      ),
    ),
    optionalElement("Prefix", listing.prefix),
    optionalElement("ContinuationToken", listing.continuationToken),
  );
}

/** Throws S3Error MalformedXML for what is no such document, or not all of it. */
export function readListBuckets(text: string): BucketListing {
  const buckets: ListedBucket[] = [];
  let ownerId = "";
  let prefix: string | undefined;
  let continuationToken: string | undefined;
  readListing(text, {
    root: "ListAllMyBucketsResult",
    entry(name) {
      if (name === "Buckets") return bucketsVisitor(buckets);
      if (name !== "Owner") return undefined;
      return (leaf, value) => {
        if (leaf === "ID") ownerId = unescapeXml(value);
      };
    },
    value(name, value) {
      if (name === "Prefix") prefix = unescapeXml(value);
      else if (name === "ContinuationToken" && value !== "") continuationToken = unescapeXml(value);
    },
  });
  return { ownerId, buckets, prefix, continuationToken };
}

/** The scanner tells of each bucket before it tells what is in it. */
function bucketsVisitor(buckets: ListedBucket[]): LeafVisitor {
  let entry: { -readonly [Name in keyof ListedBucket]: ListedBucket[Name] } | undefined;
  return (name, value) => {
    if (name === "Bucket") {
      entry = { name: "", createdAt: new Date(Number.NaN), region: undefined, arn: undefined };
      buckets.push(entry);
    } else if (entry === undefined) return;
    else if (name === "Name") entry.name = unescapeXml(value);
    else if (name === "CreationDate") entry.createdAt = readDate(value);
    else if (name === "BucketRegion") entry.region = unescapeXml(value);
    else if (name === "BucketArn") entry.arn = unescapeXml(value);
  };
}
