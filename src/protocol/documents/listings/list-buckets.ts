import { formatListDate } from "../../list-date.ts";
import { element, optionalElement, type XmlNode } from "../../xml/render.ts";
import type { LeafVisitor } from "./listing-scanner.ts";
import { PageValues } from "./page-values.ts";
import { readListing } from "./read-listing.ts";

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
export function readListBuckets(bytes: Buffer): BucketListing {
  const buckets: ListedBucket[] = [];
  let ownerId = "";
  let prefix: string | undefined;
  let continuationToken: string | undefined;
  readListing(new PageValues(bytes), {
    root: "ListAllMyBucketsResult",
    entry(name, values) {
      if (name === "Buckets") return bucketsVisitor(buckets, values);
      if (name !== "Owner") return undefined;
      return (leaf, start, end) => {
        if (leaf === "ID") ownerId = values.text(start, end);
      };
    },
    value(name, values, start, end) {
      if (name === "Prefix") prefix = values.text(start, end);
      else if (name === "ContinuationToken" && start !== end) {
        continuationToken = values.text(start, end);
      }
    },
  });
  return { ownerId, buckets, prefix, continuationToken };
}

/** The scanner tells of each bucket before it tells what is in it. */
function bucketsVisitor(buckets: ListedBucket[], values: PageValues): LeafVisitor {
  let entry: { -readonly [Name in keyof ListedBucket]: ListedBucket[Name] } | undefined;
  return (name, start, end) => {
    if (name === "Bucket") {
      entry = { name: "", createdAt: new Date(Number.NaN), region: undefined, arn: undefined };
      buckets.push(entry);
    } else if (entry === undefined) return;
    else if (name === "Name") entry.name = values.text(start, end);
    else if (name === "CreationDate") entry.createdAt = values.date(start, end);
    else if (name === "BucketRegion") entry.region = values.text(start, end);
    else if (name === "BucketArn") entry.arn = values.text(start, end);
  };
}
