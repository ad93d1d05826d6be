import type { CauseRow } from "../cause-row.ts";
import {
  aboutKey,
  callerIsForeign,
  listingIsRefused,
  mentionsTls,
  notForTls,
  policyUnknown,
  reasonNotTold,
  restrictsPublic,
  throughPlainHttp,
} from "../circumstances.ts";

const actionStatement = { Effect: "Allow", Action: "{action}", Resource: "{resource}" };

const readOf = ["GetObject", "HeadObject", "GetObjectAttributes"];

const explain = "sms-storage explain --as {principal} --action {action} s3://{bucket}/";

/** Who may do what. */
export const accessCauses: readonly CauseRow[] = [
  {
    id: "D23",
    layer: "bucket",
    title: "The bucket takes nothing that comes without TLS",
    symptom: "`AccessDenied` (403) over http:// alone.",
    cause: "A Deny of the bucket's policy on aws:SecureTransport does what it is there for.",
    affects: "Every request by this endpoint.",
    signs: [
      {
        sure: "certain",
        denial: { cause: "explicit-deny", layers: ["resource"] },
        when: [throughPlainHttp, mentionsTls],
      },
      {
        sure: "likely",
        denial: { cause: "explicit-deny", layers: ["resource"] },
        when: [throughPlainHttp, policyUnknown],
      },
      { sure: "possible", denial: { cause: "not-told" }, when: [throughPlainHttp] },
    ],
    remedy: {
      text: "Write https:// in the endpoint.",
      commands: ["sms-storage config explain"],
      by: "you",
    },
    source: "S3 User Guide, security best practices: enforce encryption of data in transit.",
  },
  {
    id: "D09",
    layer: "objects",
    title: "No policy of the caller allows the action",
    symptom: "`... because no identity-based policy allows the s3:... action`.",
    cause: "The permission set or policy of {role} lacks {action}.",
    affects: "What needs {action}.",
    signs: [
      { sure: "certain", denial: { cause: "no-allow", layers: ["identity"], action: /^(?!kms:)/ } },
    ],
    remedy: {
      text:
        "An administrator adds the statement to the permission set (or policy) of {role}. Actions on the " +
        "bucket, such as s3:ListBucket, name its ARN; those on objects name the ARN with /*.",
      commands: [explain],
      statements: [actionStatement],
      by: "administrator",
    },
    source: "IAM User Guide, access denied error messages.",
  },
  {
    id: "D10",
    layer: "bucket",
    title: "The bucket's policy does not allow it to a caller of this account",
    symptom: "`... because no resource-based policy allows the s3:... action`.",
    cause:
      "The caller is of another account than the bucket: that was meant, and the bucket's policy lacks " +
      "it; or keys of a wrong account are in the shell.",
    affects: "What needs {action}.",
    signs: [
      { sure: "certain", denial: { cause: "no-allow", layers: ["resource"], action: /^(?!kms:)/ } },
      { sure: "likely", codes: ["AccessDeniedByBucketPolicy"] },
      { sure: "possible", denial: { cause: "not-told" }, when: [callerIsForeign] },
    ],
    remedy: {
      text:
        "See who is asking. If it is who was meant, the bucket's owner adds the statement to its policy: " +
        "the caller's own policy has to allow it as well.",
      commands: ["sms-storage whoami"],
      statements: [
        {
          Effect: "Allow",
          Principal: { AWS: "{principal}" },
          Action: "{action}",
          Resource: "{resource}",
        },
      ],
      by: "administrator",
    },
    source: "IAM User Guide, access denied error messages; cross-account policy evaluation.",
  },
  {
    id: "D11",
    layer: "objects",
    title: "A policy of the caller denies it",
    symptom: "`... with an explicit deny in an identity-based policy`.",
    cause: "A Deny statement in the permission set or policy of {role} fits the request.",
    affects: "What needs {action}; no Allow outweighs it.",
    signs: [{ sure: "certain", denial: { cause: "explicit-deny", layers: ["identity"] } }],
    remedy: {
      text: "Find the statement, then have an administrator change it or except this bucket from it.",
      commands: [explain],
      by: "administrator",
    },
    source: "IAM User Guide, policy evaluation logic.",
  },
  {
    id: "D12",
    layer: "bucket",
    title: "The bucket's policy denies it",
    symptom: "`... with an explicit deny in a resource-based policy`.",
    cause:
      "A Deny statement of the bucket's policy fits the request, by who is asking, the network, the " +
      "endpoint or TLS; or RestrictPublicBuckets keeps others out of a public policy.",
    affects: "What needs {action}; no Allow outweighs it.",
    signs: [
      {
        sure: "certain",
        denial: {
          cause: "explicit-deny",
          layers: ["resource"],
          action: /^(?!kms:|s3:(?:Get|Put|Delete)BucketPolicy$)/,
        },
        when: [notForTls],
      },
      { sure: "likely", denial: { cause: "explicit-deny" } },
      { sure: "likely", denial: { cause: "public-bucket-restricted" } },
      { sure: "possible", denial: { cause: "not-told" }, when: [restrictsPublic] },
    ],
    remedy: {
      text:
        "Find the statement; send the request as its condition wants it, or have whoever owns the bucket " +
        "except the caller.",
      commands: [explain, "aws s3api get-bucket-policy --bucket {bucket}"],
      by: "administrator",
    },
    source: "IAM User Guide, policy evaluation logic.",
  },
  {
    id: "D21",
    layer: "bucket",
    title: "Without s3:ListBucket a missing key looks forbidden",
    symptom: "`AccessDenied` (403) for a key, in place of 404.",
    cause:
      "Who may not list is not told that a key does not exist. The key may be missing, or reading it may " +
      "be refused.",
    affects: "Whether a file exists cannot be told; SMS API takes a missing one for an error.",
    signs: [
      { sure: "certain", codes: ["MissingLooksForbidden"] },
      { sure: "likely", denial: { cause: "not-told" }, operations: readOf, when: [aboutKey] },
      {
        sure: "possible",
        denial: { cause: "no-allow", layers: ["identity"], action: /^s3:ListBucket$/ },
      },
      { sure: "possible", denial: { cause: "not-told" }, when: [listingIsRefused] },
    ],
    remedy: {
      text: "An administrator adds the statement; the resource is the bucket's ARN, without /*.",
      statements: [
        { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:{partition}:s3:::{bucket}" },
      ],
      by: "administrator",
    },
    source: "S3 API Reference, GetObject and HeadObject: permissions.",
  },
  {
    id: "D22",
    layer: "bucket",
    title: "It is refused, and the store gives no reason",
    symptom: "A plain `Access Denied` (403) without a reason.",
    cause:
      "The store gives no reason. AWS does within one account or organisation: there the bucket may be " +
      "another account's, who pays the requester, or its owner not the expected one. Other stores seldom " +
      "give any: a missing Allow, a Deny and a wrong name look the same.",
    affects: "Everything in that bucket.",
    signs: [
      { sure: "likely", denial: { cause: "not-told" } },
      { sure: "possible", statuses: [403], codes: ["AccessDenied"], when: [reasonNotTold] },
      { sure: "possible", statuses: [403], codes: ["PermissionDenied"], when: [reasonNotTold] },
    ],
    remedy: {
      text:
        "See who is asking, and whether the bucket's name is right. Where it is another's on purpose, its " +
        "owner adds the statements to the bucket's policy (your own policy has to allow it too), or has " +
        "you pay for requests (`RequestPayer: requester`).",
      commands: ["sms-storage whoami", "sms-storage ls s3://"],
      statements: [
        {
          Effect: "Allow",
          Principal: { AWS: "{principal}" },
          Action: ["s3:ListBucket", "s3:GetBucketLocation"],
          Resource: "arn:{partition}:s3:::{bucket}",
        },
        {
          Effect: "Allow",
          Principal: { AWS: "{principal}" },
          Action: ["s3:GetObject", "s3:GetObjectAttributes", "s3:PutObject", "s3:DeleteObject"],
          Resource: "arn:{partition}:s3:::{bucket}/*",
        },
      ],
      by: "you",
    },
    source: "IAM User Guide, access denied error messages.",
  },
  {
    id: "D72",
    layer: "bucket",
    title: "The bucket is another account's than meant",
    severity: "critical",
    symptom:
      "`AccessDenied` (403) where the owner is expected (`ExpectedBucketOwner`), and none where not.",
    cause:
      "The bucket {bucket} is not of account {owner}. Its name may be misspelled, or somebody else made " +
      "a bucket of that name after yours was deleted.",
    affects: "What is written there lies with strangers. Nothing was written.",
    signs: [{ sure: "certain", codes: ["WrongOwner"] }],
    remedy: {
      text:
        "See which buckets are yours, and correct the name where it was given (of the settings: " +
        "STORAGE_S3_BUCKET). Where the bucket is another's on purpose, name its owner.",
      commands: ["sms-storage ls s3://", "sms-storage doctor s3://{bucket} --owner OWNER"],
      by: "you",
    },
    source: "S3 User Guide, verifying bucket ownership with bucket owner condition.",
  },
  {
    id: "D57",
    layer: "policy",
    title: "The bucket's policy is its own account's affair",
    severity: "medium",
    symptom: "`MethodNotAllowed` (405) at Get- or PutBucketPolicy.",
    cause: "The caller has the permission, but is of another account than the bucket.",
    affects: "The policy can neither be read nor put from this account.",
    signs: [
      {
        sure: "certain",
        codes: ["MethodNotAllowed"],
        operations: ["GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"],
      },
      { sure: "likely", codes: ["MethodNotAllowed"] },
    ],
    remedy: {
      text: "Use a profile of the bucket's account.",
      commands: ["sms-storage whoami"],
      by: "you",
    },
    source: "S3 API Reference, PutBucketPolicy.",
  },
  {
    id: "D61",
    layer: "policy",
    title: "The bucket's policy locks its own administrators out",
    symptom:
      "`AccessDenied` (403) at PutBucketPolicy, with an explicit deny in a resource-based policy.",
    cause: "A Deny of the bucket's policy fits the caller's own Get-, Put- or DeleteBucketPolicy.",
    affects: "The policy cannot be mended by this caller.",
    signs: [
      { sure: "certain", codes: ["LockedOut"] },
      {
        sure: "certain",
        denial: {
          cause: "explicit-deny",
          layers: ["resource"],
          action: /^s3:(?:Get|Put|Delete)BucketPolicy$/,
        },
      },
    ],
    remedy: {
      text:
        "The root user of the bucket's account may always get, put and delete its policy: sign in as " +
        "root and delete it, then set it up anew.",
      commands: [
        "aws s3api delete-bucket-policy --bucket {bucket}",
        "sms-storage setup --bucket {bucket}",
      ],
      by: "administrator",
    },
    source: "S3 User Guide, bucket policies: the root user keeps the right to change them.",
  },
];
