import type { Tag } from "../../core/bucket-settings.ts";
import { s3Limits } from "../../core/limits.ts";
import { S3Error } from "../../protocol/s3-error.ts";

// Letters, digits and spaces of any script, and these signs.
const keyForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const valueForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/**
 * Throws InvalidTag, and BadRequest above 50 tags.
 * Source: S3 API reference, PutBucketTagging; recordings of AWS of 2026-02.
 */
export function assertBucketTags(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length > s3Limits.bucketTags) {
    throw new S3Error("BadRequest", {
      message: `Bucket tag count cannot be greater than ${s3Limits.bucketTags}`,
    });
  }
  const seen = new Set<string>();
  for (const { Key, Value } of tags) {
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
  return tags;
}

function invalidTag(message: string, extra: Readonly<Record<string, string>>): S3Error {
  return new S3Error("InvalidTag", { message, extra });
}
