import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { enabledRules, prefixesOf, type SweepContext, type SweepCounts } from "./sweep-context.ts";
import { sweepUploads } from "./sweep-uploads.ts";
import { sweepVersions } from "./sweep-versions.ts";

/**
 * Does what the bucket's enabled rules ask for at this moment. Only what lies under their prefixes is
 * read. When it is broken off, what it has done stays done, and the next one does the rest.
 */
export async function sweepBucket(
  context: SweepContext,
  bucket: string,
  counts: SweepCounts,
): Promise<void> {
  const rules = enabledRules(context.engine.getBucket(bucket)?.settings);
  try {
    for (const prefix of prefixesOf(rules.filter(isAboutVersions))) {
      await sweepVersions(context, bucket, prefix, counts);
    }
    for (const prefix of prefixesOf(rules.filter(isAboutUploads))) {
      await sweepUploads(context, bucket, prefix, counts);
    }
  } catch (error) {
    // Deleted meanwhile.
    if (!(error instanceof S3Error && error.code === "NoSuchBucket")) throw error;
  }
}

function isAboutVersions({ Expiration, NoncurrentVersionExpiration }: LifecycleRule): boolean {
  return Expiration !== undefined || NoncurrentVersionExpiration !== undefined;
}

function isAboutUploads({ AbortIncompleteMultipartUpload }: LifecycleRule): boolean {
  return AbortIncompleteMultipartUpload !== undefined;
}
