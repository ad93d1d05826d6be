import type { CauseRow } from "../cause-row.ts";
import {
  inParts,
  justWritten,
  keyOfAnotherAccount,
  onlyReading,
  smallWorked,
} from "../circumstances.ts";

const keyStatement = {
  Effect: "Allow",
  Action: ["kms:GenerateDataKey", "kms:Decrypt"],
  Resource: "{kmsKey}",
};

const keyPolicyStatement = {
  Sid: "UseByS3",
  Effect: "Allow",
  Principal: { AWS: "{principal}" },
  Action: ["kms:GenerateDataKey", "kms:Decrypt"],
  Resource: "*",
  Condition: { StringEquals: { "kms:ViaService": "s3.{region}.{dnsSuffix}" } },
};

/** Keys of KMS, and what the bucket says of encryption. */
export const encryptionCauses: readonly CauseRow[] = [
  {
    id: "D03",
    layer: "large-objects",
    title: "The caller may encrypt under the bucket's key, but not decrypt",
    symptom:
      "A small upload goes well; reading it back, CreateMultipartUpload or UploadPart is refused with 403 " +
      "for want of `kms:Decrypt`.",
    cause:
      "kms:GenerateDataKey on {kmsKey} is allowed, and kms:Decrypt is not. S3 needs it to read, and for " +
      "every part of an upload in parts, whose data key it decrypts again.",
    affects: "Every file over 8 MiB, and reading what was uploaded.",
    signs: [
      {
        sure: "certain",
        denial: { cause: "no-allow", layers: ["identity"], action: /^kms:Decrypt$/ },
        when: [smallWorked, inParts],
      },
      {
        sure: "certain",
        denial: { cause: "no-allow", layers: ["identity"], action: /^kms:Decrypt$/ },
        when: [justWritten],
      },
      {
        sure: "likely",
        denial: { cause: "no-allow", layers: ["identity"], action: /^kms:Decrypt$/ },
        when: [inParts],
      },
      {
        sure: "possible",
        denial: { cause: "not-told" },
        when: [smallWorked, inParts],
      },
    ],
    remedy: {
      text:
        "An administrator adds the statement to the permission set (or policy) of {role} and provisions " +
        "it anew; STATEMENT.json is a policy that holds it. Or encrypt new objects with SSE-S3.",
      commands: [
        "aws iam put-role-policy --role-name {roleName} --policy-name use-bucket-key --policy-document file://STATEMENT.json",
        "aws iam put-user-policy --user-name {userName} --policy-name use-bucket-key --policy-document file://STATEMENT.json",
      ],
      statements: [keyStatement],
      by: "administrator",
    },
    source: "S3 User Guide, multipart upload and permissions; aws/aws-sdk-js#1814.",
  },
  {
    id: "D02",
    layer: "encryption",
    title: "An object lies under a KMS key that the caller may not use",
    symptom: "`AccessDenied` (403) that names `kms:Decrypt`, at a GET.",
    cause:
      "The object was encrypted under {kmsKey} when it was written. A change of the bucket's default " +
      "encryption rewrites no object.",
    affects: "Objects under that key cannot be read, nor their attributes and checksums.",
    signs: [
      {
        sure: "certain",
        denial: { cause: "no-allow", layers: ["identity"], action: /^kms:Decrypt$/ },
        when: [onlyReading],
      },
      {
        sure: "possible",
        denial: { cause: "no-allow", layers: ["identity"], action: /^kms:Decrypt$/ },
      },
    ],
    remedy: {
      text:
        "An administrator allows kms:Decrypt on the key: the statement below, in the permission set or " +
        "policy of {role}. Or somebody who may use the key copies the objects under SSE-S3.",
      commands: ["sms-storage re-encrypt s3://{bucket}/"],
      statements: [{ Effect: "Allow", Action: "kms:Decrypt", Resource: "{kmsKey}" }],
      by: "administrator",
    },
    source: "S3 User Guide, using server-side encryption with AWS KMS keys.",
  },
  {
    id: "D01",
    layer: "objects",
    title: "The bucket encrypts under a KMS key that the caller may not use",
    symptom: "`AccessDenied` (403) that names `kms:GenerateDataKey`, at a PUT.",
    cause:
      "New objects are encrypted under {kmsKey}, and no policy of the caller allows " +
      "kms:GenerateDataKey on it.",
    affects: "Nothing can be uploaded.",
    signs: [
      {
        sure: "certain",
        denial: {
          cause: "no-allow",
          layers: ["identity"],
          action: /^kms:(?:GenerateDataKey|Encrypt)/,
        },
      },
    ],
    remedy: {
      text:
        "Encrypt new objects with SSE-S3 (doctor --fix does), as the set-up does; or an administrator " +
        "adds the statement to the permission set or policy of {role}, and provisions it anew.",
      commands: ["sms-storage doctor s3://{bucket} --fix"],
      statements: [keyStatement],
      by: "administrator",
    },
    fix: { kind: "encrypt-by-default" },
    source: "S3 User Guide, using server-side encryption with AWS KMS keys.",
  },
  {
    id: "D04",
    layer: "objects",
    title: "The key is another account's, which gives the caller nothing",
    symptom:
      "`... because the resource does not exist in this Region, no resource-based policies allow access, " +
      "or a resource-based policy explicitly denies access`.",
    cause:
      "KMS tells strangers no more. The policy of {kmsKey}, in its own account, has to name the role; " +
      "the role's own policy has to allow it too.",
    affects: "What is encrypted under that key.",
    signs: [
      { sure: "certain", denial: { cause: "absent-or-resource-policy" } },
      {
        sure: "certain",
        denial: { cause: "no-allow", layers: ["resource"], action: /^kms:/ },
        when: [keyOfAnotherAccount],
      },
    ],
    remedy: {
      text:
        "An administrator of the key's account adds the first statement to the key's policy; one of the " +
        "caller's account adds the second to the role's.",
      commands: ["aws kms get-key-policy --key-id {kmsKey} --policy-name default --output text"],
      statements: [keyPolicyStatement, keyStatement],
      by: "administrator",
    },
    source: "KMS Developer Guide, allowing users in other accounts to use a KMS key.",
  },
  {
    id: "D05",
    layer: "objects",
    title: "The key's own policy allows it to nobody of the account",
    symptom: "`... because no resource-based policy allows the kms:... action`.",
    cause:
      "The policy of {kmsKey} neither names the caller nor hands the decision to the account's " +
      "identity policies, so that what those allow does not count.",
    affects: "What is encrypted under that key.",
    signs: [
      { sure: "certain", denial: { cause: "no-allow", layers: ["resource"], action: /^kms:/ } },
    ],
    remedy: {
      text:
        "Whoever administers the key adds one of the statements to its policy: the first hands the " +
        "decision to the account, the second names the role.",
      commands: ["aws kms get-key-policy --key-id {kmsKey} --policy-name default --output text"],
      statements: [
        {
          Sid: "Enable IAM policies",
          Effect: "Allow",
          Principal: { AWS: "arn:{partition}:iam::{callerAccount}:root" },
          Action: "kms:*",
          Resource: "*",
        },
        keyPolicyStatement,
      ],
      by: "administrator",
    },
    source: "KMS Developer Guide, default key policy.",
  },
  {
    id: "D06",
    layer: "settings",
    title: "The bucket's KMS key does not exist here",
    symptom: "`KMS.NotFoundException` (400).",
    cause:
      "The key {kmsKey} is gone, is of another region, or is an alias, which is looked up in the account " +
      "of whoever asks. PutBucketEncryption takes any name without a look.",
    affects: "Nothing can be uploaded.",
    signs: [
      { sure: "certain", codes: ["KMS.NotFoundException"] },
      { sure: "certain", codes: ["NotFoundException"], says: /\b(?:key|alias|keyId)\b/i },
    ],
    remedy: {
      text:
        "Encrypt new objects with SSE-S3 (doctor --fix does), or name the full ARN of a key of the " +
        "bucket's region.",
      commands: ["sms-storage doctor s3://{bucket} --fix"],
      by: "you",
    },
    fix: { kind: "encrypt-by-default" },
    source: "KMS API Reference, NotFoundException; S3 passes it on.",
  },
  {
    id: "D17",
    layer: "objects",
    title: "The bucket refuses keys that the caller sends along (SSE-C)",
    symptom: "`AccessDenied` (403) that says that the bucket has blocked SSE-C.",
    cause: "The upload brings a key of its own; new buckets do not take that any more.",
    affects: "Uploads with SSE-C.",
    signs: [{ sure: "certain", denial: { cause: "customer-keys-blocked" } }],
    remedy: {
      text: "Upload without --sse-c headers: the bucket encrypts by itself. Unblock SSE-C only if it is meant.",
      commands: ["aws s3api get-bucket-encryption --bucket {bucket}"],
      by: "you",
    },
    source: "S3 User Guide, blocking SSE-C.",
  },
];
