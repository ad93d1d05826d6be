import { serviceDenial } from "../service-writer.ts";
import { type TrailContext, trailService } from "./trail-delivery.ts";
import { badBucketPolicy, noTrailBucket } from "./trail-error.ts";
import { trailWishes } from "./trail-bucket-policy.ts";
import { trailArn, type TrailRecord } from "./trail-record.ts";

/**
 * Throws unless the trail may write to its bucket by the bucket's policy: JsonError
 * S3BucketDoesNotExistException, InsufficientS3BucketPolicyException. Source: CloudTrail User Guide,
 * "Amazon S3 bucket policy for CloudTrail".
 */
export function assertTrailBucket(context: TrailContext, trail: TrailRecord): void {
  const bucket = context.engine.getBucket(trail.bucket);
  if (bucket === undefined) throw noTrailBucket(trail.bucket);
  const sourceArn = trailArn(trail);
  const writer = { service: trailService, sourceArn, sourceAccount: trail.accountId };
  for (const wish of trailWishes(trail)) {
    if (serviceDenial(context, writer, bucket, wish) === undefined) continue;
    const { key } = wish;
    const resource = `arn:${trail.partition}:s3:::${bucket.name}${key === undefined ? "" : `/${key}*`}`;
    throw badBucketPolicy(
      bucket.name,
      `It has to allow ${trailService} the action ${wish.action} on ${resource}, for the ` +
        `aws:SourceArn ${sourceArn}.`,
    );
  }
}
