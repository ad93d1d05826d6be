import { formatListDate } from "../../list-date.ts";
import { element, optionalElement, type XmlNode } from "../../xml/render.ts";

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
