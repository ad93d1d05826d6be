import type { LifecycleFilter, LifecycleRule, Tag } from "../../core/bucket-settings.ts";
import type { ExportedSetup } from "./exported-setup.ts";
import { Tagged, writeYaml } from "./write-yaml.ts";

/**
 * The set-up as a template for CloudFormation, for any partition: ARNs are made with `AWS::Partition`.
 * Deleting the stack leaves the bucket.
 */
export function exportCloudFormation(setup: ExportedSetup): string {
  const { documents, bucket, partition, namespace } = setup;
  const { publicAccessBlock, ownership, versioning, policy } = documents;
  return writeYaml({
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "One bucket for SMS API; deleting the stack leaves it.",
    Resources: {
      Bucket: {
        Type: "AWS::S3::Bucket",
        DeletionPolicy: "Retain",
        UpdateReplacePolicy: "Retain",
        Properties: {
          BucketName: bucket,
          BucketNamespace: namespace === "account-regional" ? namespace : undefined,
          PublicAccessBlockConfiguration: publicAccessBlock,
          OwnershipControls: ownership && { Rules: [{ ObjectOwnership: ownership }] },
          BucketEncryption: encryption(setup),
          VersioningConfiguration: versioning && { Status: versioning },
          LifecycleConfiguration: lifecycle(setup),
        },
      },
      BucketPolicy: policy && {
        Type: "AWS::S3::BucketPolicy",
        Properties: {
          Bucket: new Tagged("!Ref", "Bucket"),
          PolicyDocument: withPartition(policy, partition),
        },
      },
    },
    Outputs: {
      BucketName: { Value: new Tagged("!Ref", "Bucket") },
    },
  });
}

function encryption({ documents }: ExportedSetup): unknown {
  return (
    documents.encryption && {
      ServerSideEncryptionConfiguration: documents.encryption.Rules.map((rule) => ({
        ServerSideEncryptionByDefault: rule.ApplyServerSideEncryptionByDefault,
        BucketKeyEnabled: rule.BucketKeyEnabled,
        BlockedEncryptionTypes: rule.BlockedEncryptionTypes,
      })),
    }
  );
}

function lifecycle({ documents }: ExportedSetup): unknown {
  return (
    documents.lifecycle && {
      TransitionDefaultMinimumObjectSize: documents.lifecycle.TransitionDefaultMinimumObjectSize,
      Rules: documents.lifecycle.Rules.map(ruleOf),
    }
  );
}

/** In CloudFormation's own words: `Id`, `ExpirationInDays`, the filter's parts beside one another. */
function ruleOf(rule: LifecycleRule): unknown {
  const { Expiration: end } = rule;
  return {
    Id: rule.ID,
    Status: rule.Status,
    ...filterOf(rule.Filter ?? { Prefix: rule.Prefix ?? "" }),
    ExpirationInDays: end?.Days,
    ExpirationDate: end?.Date,
    ExpiredObjectDeleteMarker: end?.ExpiredObjectDeleteMarker,
    NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration,
    AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    Transitions: rule.Transitions?.map(({ Days, Date: date, StorageClass }) => ({
      TransitionInDays: Days,
      TransitionDate: date,
      StorageClass,
    })),
    NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions?.map((one) => ({
      TransitionInDays: one.NoncurrentDays,
      NewerNoncurrentVersions: one.NewerNoncurrentVersions,
      StorageClass: one.StorageClass,
    })),
  };
}

function filterOf({ And: and, Tag: tag, ...filter }: LifecycleFilter): object {
  const parts = and ?? filter;
  const tags: readonly Tag[] = and?.Tags ?? (tag === undefined ? [] : [tag]);
  const { Prefix, ObjectSizeGreaterThan: above, ObjectSizeLessThan: below } = parts;
  return {
    // An empty one is the whole bucket, which is what none means as well.
    Prefix: Prefix === "" ? undefined : Prefix,
    TagFilters: tags.length === 0 ? undefined : tags,
    ObjectSizeGreaterThan: above === undefined ? undefined : String(above),
    ObjectSizeLessThan: below === undefined ? undefined : String(below),
  };
}

/** ARNs by the partition of the stack; `${` that is IAM's own stays what it is. */
function withPartition(value: unknown, partition: string): unknown {
  const own = `arn:${partition}:`;
  if (typeof value === "string") {
    if (!value.startsWith(own)) return value;
    const rest = value.slice(own.length).replaceAll("${", "${!");
    return new Tagged("!Sub", `arn:\${AWS::Partition}:${rest}`);
  }
  if (Array.isArray(value)) return value.map((item) => withPartition(item, partition));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withPartition(member, partition)]),
  );
}
