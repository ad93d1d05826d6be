import type { Tag } from "../../core/bucket-settings.ts";
import { documentLimits, s3Limits } from "../../core/limits.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { serveSetting } from "./serve-setting.ts";

/** All tags at once; an empty set deletes them. */
export const tags = serveSetting("tags", {
  putTraits: { documentBytes: documentLimits.bucketTagsBytes },
  putStatus: 204,
  accept: (sent) => {
    assertBucketTags(sent);
    return { document: sent.length === 0 ? undefined : sent };
  },
});

// Letters, digits and spaces of any script, and these signs.
const keyForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const valueForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/**
 * Throws InvalidTag, and BadRequest above 50 tags.
 * Source: S3 API reference, PutBucketTagging; recordings of AWS of 2026-02.
 */
export function assertBucketTags(given: readonly Tag[]): readonly Tag[] {
  if (given.length > s3Limits.bucketTags) {
    throw new S3Error("BadRequest", {
      message: `Bucket tag count cannot be greater than ${s3Limits.bucketTags}`,
    });
  }
  const seen = new Set<string>();
  for (const { Key, Value } of given) {
    if (seen.has(Key)) {
      throw invalidTag("Cannot provide multiple Tags with the same key", { TagKey: Key });
    }
    seen.add(Key);
    if (!keyForm.test(Key)) {
      throw invalidTag("The TagKey you have provided is invalid", { TagKey: Key });
    }
    if (/^aws:/i.test(Key)) {
      throw invalidTag("System tags cannot be added/updated by requester", { TagKey: Key });
    }
    if (!valueForm.test(Value)) {
      throw invalidTag("The TagValue you have provided is invalid", {
        TagKey: Key,
        TagValue: Value,
      });
    }
  }
  return given;
}

function invalidTag(message: string, extra: Readonly<Record<string, string>>): S3Error {
  return new S3Error("InvalidTag", { message, extra });
}
