import type { LifecycleFilter, LifecycleRule } from "../../core/bucket-settings.ts";
import type { AspectName } from "../aspect-name.ts";
import type { ExportedSetup, PolicyDocument } from "./exported-setup.ts";
import { Block, type Body, Expression, hclValue, writeBlock } from "./write-hcl.ts";

const label = "this";
const bucketId = new Expression(`aws_s3_bucket.${label}.id`);

/**
 * The set-up for Terraform 1.5 and later, one resource a setting, as the AWS provider 5 and 6 want it.
 * The provider refuses other accounts; what is there already is imported; the bucket is not destroyed.
 */
export function exportTerraform(setup: ExportedSetup): string {
  const parts = [
    "# One bucket for SMS API. Review the plan before it is applied: `terraform plan`.\n",
    writeBlock("terraform", [], {
      required_version: ">= 1.5",
      required_providers: new Block({
        aws: { source: "hashicorp/aws", version: providerVersion(setup) },
      }),
    }),
    writeBlock("provider", ["aws"], {
      region: setup.region,
      ...(setup.accountId !== undefined && { allowed_account_ids: [setup.accountId] }),
    }),
    resource(setup, "bucket", "aws_s3_bucket", {
      bucket: setup.bucket,
      ...(setup.namespace === "account-regional" && { bucket_namespace: setup.namespace }),
      lifecycle: new Block({ prevent_destroy: true }),
    }),
    ...settings(setup),
  ];
  return parts.join("\n");
}

/** `blocked_encryption_types` and `bucket_namespace` came with releases of 6. */
function providerVersion({ documents, namespace }: ExportedSetup): string {
  const blocks = documents.encryption?.Rules.some((rule) => rule.BlockedEncryptionTypes) ?? false;
  return blocks || namespace === "account-regional" ? ">= 6.37, < 7.0" : ">= 5.86, < 7.0";
}

function settings(setup: ExportedSetup): string[] {
  const { publicAccessBlock: block, ownership, versioning } = setup.documents;
  return [
    ...(block === undefined
      ? []
      : [
          resource(setup, "public-access-block", "aws_s3_bucket_public_access_block", {
            bucket: bucketId,
            block_public_acls: block.BlockPublicAcls,
            ignore_public_acls: block.IgnorePublicAcls,
            block_public_policy: block.BlockPublicPolicy,
            restrict_public_buckets: block.RestrictPublicBuckets,
          }),
        ]),
    ...(ownership === undefined
      ? []
      : [
          resource(setup, "ownership", "aws_s3_bucket_ownership_controls", {
            bucket: bucketId,
            rule: new Block({ object_ownership: ownership }),
          }),
        ]),
    ...encryption(setup),
    ...(versioning === undefined
      ? []
      : [
          resource(setup, "versioning", "aws_s3_bucket_versioning", {
            bucket: bucketId,
            versioning_configuration: new Block({ status: versioning }),
          }),
        ]),
    ...policy(setup),
    ...lifecycle(setup),
  ];
}

function encryption(setup: ExportedSetup): string[] {
  const { encryption: document } = setup.documents;
  if (document === undefined) return [];
  const rules = document.Rules.map((rule): Body => {
    const { SSEAlgorithm, KMSMasterKeyID } = rule.ApplyServerSideEncryptionByDefault;
    return {
      apply_server_side_encryption_by_default: new Block({
        sse_algorithm: SSEAlgorithm,
        kms_master_key_id: KMSMasterKeyID,
      }),
      bucket_key_enabled: rule.BucketKeyEnabled,
      blocked_encryption_types: rule.BlockedEncryptionTypes?.EncryptionType,
    };
  });
  return [
    resource(setup, "encryption", "aws_s3_bucket_server_side_encryption_configuration", {
      bucket: bucketId,
      rule: new Block(...rules),
    }),
  ];
}

function policy(setup: ExportedSetup): string[] {
  const { policy: document } = setup.documents;
  if (document === undefined) return [];
  return [
    resource(setup, "policy", "aws_s3_bucket_policy", {
      bucket: bucketId,
      policy: new Expression(`jsonencode(${policyText(document)})`),
      ...(setup.documents.publicAccessBlock !== undefined && {
        depends_on: [new Expression(`aws_s3_bucket_public_access_block.${label}`)],
      }),
    }),
  ];
}

function policyText(document: PolicyDocument): string {
  return hclValue(document, "  ");
}

function lifecycle(setup: ExportedSetup): string[] {
  const { lifecycle: document, versioning } = setup.documents;
  if (document === undefined) return [];
  return [
    resource(setup, "lifecycle", "aws_s3_bucket_lifecycle_configuration", {
      bucket: bucketId,
      transition_default_minimum_object_size: document.TransitionDefaultMinimumObjectSize,
      rule: new Block(...document.Rules.map(ruleBody)),
      ...(versioning !== undefined && {
        depends_on: [new Expression(`aws_s3_bucket_versioning.${label}`)],
      }),
    }),
  ];
}

function ruleBody(rule: LifecycleRule, at: number): Body {
  const { Expiration: end, NoncurrentVersionExpiration: old } = rule;
  const uploads = rule.AbortIncompleteMultipartUpload;
  return {
    id: rule.ID ?? `rule-${at + 1}`,
    status: rule.Status,
    filter: new Block(filterBody(rule.Filter ?? { Prefix: rule.Prefix ?? "" })),
    expiration:
      end &&
      new Block({
        days: end.Days,
        date: end.Date,
        expired_object_delete_marker: end.ExpiredObjectDeleteMarker,
      }),
    noncurrent_version_expiration:
      old &&
      new Block({
        noncurrent_days: old.NoncurrentDays,
        newer_noncurrent_versions: old.NewerNoncurrentVersions,
      }),
    abort_incomplete_multipart_upload:
      uploads && new Block({ days_after_initiation: uploads.DaysAfterInitiation }),
    transition:
      rule.Transitions &&
      new Block(
        ...rule.Transitions.map(({ Days, Date: date, StorageClass }) => ({
          days: Days,
          date,
          storage_class: StorageClass,
        })),
      ),
    noncurrent_version_transition:
      rule.NoncurrentVersionTransitions &&
      new Block(
        ...rule.NoncurrentVersionTransitions.map((one) => ({
          noncurrent_days: one.NoncurrentDays,
          newer_noncurrent_versions: one.NewerNoncurrentVersions,
          storage_class: one.StorageClass,
        })),
      ),
  };
}

function filterBody({ And: and, ...filter }: LifecycleFilter): Body {
  if (and !== undefined) {
    const tags = Object.fromEntries((and.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    return {
      and: new Block({
        prefix: and.Prefix,
        tags: Object.keys(tags).length === 0 ? undefined : tags,
        object_size_greater_than: and.ObjectSizeGreaterThan,
        object_size_less_than: and.ObjectSizeLessThan,
      }),
    };
  }
  return {
    prefix: filter.Prefix,
    tag: filter.Tag && new Block({ key: filter.Tag.Key, value: filter.Tag.Value }),
    object_size_greater_than: filter.ObjectSizeGreaterThan,
    object_size_less_than: filter.ObjectSizeLessThan,
  };
}

/** With an import where it is there already: what others have in it is among these documents. */
function resource(setup: ExportedSetup, aspect: AspectName, type: string, body: Body): string {
  const block = writeBlock("resource", [type, label], body);
  if (!setup.present.has(aspect)) return block;
  const target = { to: new Expression(`${type}.${label}`), id: setup.bucket };
  return `${writeBlock("import", [], target)}\n${block}`;
}
