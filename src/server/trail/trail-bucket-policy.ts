import { noLayers } from "../../policy/access-layers.ts";
import type { CompiledPolicy } from "../../policy/compile-policy.ts";
import { decideAccess } from "../../policy/decide-access.ts";
import { contextOf } from "../../policy/request.ts";
import { trailService } from "./trail-delivery.ts";
import { logFolder, trailArn, type TrailRecord } from "./trail-record.ts";

/** What a trail does with its bucket, which has to let it. */
export function trailWishes(
  trail: TrailRecord,
): readonly { readonly action: string; readonly key?: string }[] {
  return [
    { action: "s3:GetBucketAcl" },
    { action: "s3:PutObject", key: `${logFolder(trail)}${trail.region}/` },
  ];
}

/**
 * The policy that lets trails write into a bucket. Source: CloudTrail User Guide, "Amazon S3 bucket policy
 * for CloudTrail".
 */
export function trailBucketPolicy(bucket: string, trails: readonly TrailRecord[]): string {
  const partition = trails[0]?.partition ?? "aws";
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const sources = { StringEquals: { "aws:SourceArn": trails.map(trailArn) } };
  const folders = new Set(trails.map((trail) => `${bucketArn}/${logFolder(trail)}*`));
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      statement("AWSCloudTrailAclCheck", "s3:GetBucketAcl", bucketArn, sources),
      statement("AWSCloudTrailWrite", "s3:PutObject", [...folders], {
        StringEquals: { ...sources.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
      }),
    ],
  });
}

function statement(Sid: string, Action: string, Resource: unknown, Condition: unknown) {
  return {
    Sid,
    Effect: "Allow",
    Principal: { Service: trailService },
    Action,
    Resource,
    Condition,
  };
}

/** The first action that a policy does not let a trail do; undefined: it may write. Pure. */
export function findRefusedWish(
  policy: CompiledPolicy,
  trail: TrailRecord,
  ownerAccountId: string,
): string | undefined {
  const context = contextOf([
    ["s3:x-amz-acl", "bucket-owner-full-control"],
    ["aws:SourceArn", trailArn(trail)],
    ["aws:SourceAccount", trail.accountId],
    ["aws:SecureTransport", "true"],
    ["aws:ResourceAccount", ownerAccountId],
    ["s3:ResourceAccount", ownerAccountId],
  ]);
  const bucketArn = `arn:${trail.partition}:s3:::${trail.bucket}`;
  const refused = trailWishes(trail).find(({ action, key }) => {
    const resource = key === undefined ? bucketArn : `${bucketArn}/${key}`;
    const { outcome } = decideAccess({
      request: {
        principal: { kind: "anonymous", service: trailService },
        action,
        resource,
        context,
      },
      resourcePolicy: policy,
      caller: noLayers,
      sameAccount: false,
    });
    return outcome !== "allowed";
  });
  return refused?.action;
}
