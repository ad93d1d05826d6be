import { parseListDate } from "../../../list-date.ts";
import { child, childrenNamed, childText, parseXml } from "../../../xml/parse.ts";
import { required } from "../../read-element.ts";
import type { BucketListing } from "../list-buckets.ts";

/** Throws S3Error MalformedXML. */
export function readListBuckets(bytes: Uint8Array | string): BucketListing {
  const root = parseXml(bytes, { root: "ListAllMyBucketsResult" });
  const buckets = child(root, "Buckets");
  const owner = child(root, "Owner");
  return {
    ownerId: (owner && childText(owner, "ID")) ?? "",
    buckets: childrenNamed(required(buckets), "Bucket").map((bucket) => ({
      name: required(childText(bucket, "Name")),
      createdAt: parseListDate(childText(bucket, "CreationDate") ?? ""),
      region: childText(bucket, "BucketRegion"),
      arn: childText(bucket, "BucketArn"),
    })),
    prefix: childText(root, "Prefix"),
    continuationToken: childText(root, "ContinuationToken"),
  };
}
