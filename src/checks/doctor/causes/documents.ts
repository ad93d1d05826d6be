import type { CauseRow } from "../cause-row.ts";
import { notOnAws, versioningOn } from "../circumstances.ts";

/** Documents that are put, and how the store fares. */
export const documentCauses: readonly CauseRow[] = [
  {
    id: "D29",
    layer: "settings",
    title: "Another change of the bucket is under way",
    symptom: "`OperationAborted` (409).",
    cause: "Settings are changed at the same time, or a bucket of the name was just deleted.",
    affects: "The change was not made.",
    signs: [{ sure: "certain", codes: ["OperationAborted"] }],
    remedy: {
      text: "Change one setting after the other and try again; after a deletion it can take hours.",
      commands: ["sms-storage setup --bucket {bucket}"],
      by: "you",
    },
    source: "S3 API Reference, error responses: OperationAborted.",
  },
  {
    id: "D53",
    layer: "bucket",
    title: "The store throttles, or has a fault",
    symptom: "`SlowDown` (503), `ServiceUnavailable` (503) or `InternalError` (500).",
    cause: "More requests come than the prefix or the store takes, or it fails for a while.",
    affects: "Requests fail now and then; sms-storage tries again by itself.",
    signs: [
      {
        sure: "certain",
        codes: [
          "SlowDown",
          "RequestLimitExceeded",
          "Throttling",
          "ThrottlingException",
          "TooManyRequestsException",
        ],
      },
      { sure: "certain", codes: ["ServiceUnavailable", "InternalError", "InternalFailure"] },
      { sure: "likely", statuses: [500, 502, 503, 504] },
    ],
    remedy: {
      text:
        "Wait, and run it again. Lower the number of requests at a time, spread keys over more prefixes, " +
        "and give calls more time with STORAGE_RETRY_SECONDS.",
      commands: ["sms-storage doctor s3://{bucket}"],
      by: "you",
    },
    source: "S3 User Guide, best practices: optimising performance; 503 Slow Down.",
  },
  {
    id: "D54",
    layer: "policy",
    title: "A principal of the policy does not exist",
    symptom: "`MalformedPolicy` (400) `Invalid principal in policy`.",
    cause:
      "The role was deleted (AROA... is what is left of it), its path is missing, or it was made a moment " +
      "ago and is not known everywhere.",
    affects: "The policy was not put; the next put of one with a dead principal fails, too.",
    signs: [
      { sure: "certain", codes: ["MalformedPolicy"], says: /[Ii]nvalid principal/ },
      { sure: "certain", codes: ["DeadPrincipal"] },
    ],
    remedy: {
      text:
        "Write the role's ARN as IAM has it, with its path, in place of what is there; for one that is " +
        "new, wait 15 seconds.",
      commands: [
        "aws iam list-roles --query 'Roles[].Arn' --output text",
        "sms-storage setup --bucket {bucket}",
      ],
      by: "you",
    },
    source: "IAM User Guide, principals: unique ids of deleted roles.",
  },
  {
    id: "D55",
    layer: "policy",
    title: "The policy is no valid document",
    symptom: "`MalformedPolicy` (400).",
    cause:
      "It is no JSON, lacks a field, or pairs an action on the bucket with the ARN of objects, or the " +
      "other way round.",
    affects: "The policy was not put; the old one holds.",
    signs: [
      {
        sure: "certain",
        codes: ["MalformedPolicy", "MalformedPolicyDocument"],
        says: /^(?![\s\S]*[Ii]nvalid principal)/,
      },
    ],
    remedy: {
      text: "Have it checked here before it is put.",
      commands: ["sms-storage policy lint POLICY.json"],
      by: "you",
    },
    source: "S3 API Reference, PutBucketPolicy.",
  },
  {
    id: "D56",
    layer: "settings",
    title: "The document of the setting is not valid",
    symptom: "`MalformedXML` (400), of lifecycle rules most often.",
    cause:
      "A rule has ExpiredObjectDeleteMarker beside Days, two filters without And, no filter at all, or an " +
      "empty part.",
    affects: "The setting was not put; the old one holds.",
    signs: [
      { sure: "certain", codes: ["MalformedXML"], operations: ["PutBucketLifecycleConfiguration"] },
      { sure: "likely", codes: ["MalformedXML"] },
    ],
    remedy: {
      text: "Have the set-up write the rules: its plan checks them before anything is sent.",
      commands: ["sms-storage plan --bucket {bucket}", "sms-storage setup --bucket {bucket}"],
      by: "you",
    },
    source: "S3 API Reference, PutBucketLifecycleConfiguration.",
  },
  {
    id: "D58",
    layer: "settings",
    title: "Object Lock keeps versioning on",
    symptom: "`InvalidBucketState` (409).",
    cause: "Versioning cannot be suspended while Object Lock is on, which cannot be turned off.",
    affects: "The setting was not changed.",
    signs: [{ sure: "certain", codes: ["InvalidBucketState"] }],
    remedy: {
      text: "Leave versioning on, and bound old versions by a lifecycle rule.",
      commands: ["sms-storage setup --bucket {bucket}"],
      by: "you",
    },
    source: "S3 User Guide, using S3 Object Lock.",
  },
  {
    id: "D59",
    layer: "objects",
    title: "Versioning was enabled a moment ago",
    severity: "medium",
    symptom: "`NoSuchKey` (404) for an object that was just written.",
    cause: "For up to 15 minutes after versioning was first enabled, new objects may not be found.",
    affects: "Reads of new objects, for minutes.",
    signs: [
      { sure: "certain", codes: ["WrittenNotFound"], when: [versioningOn] },
      { sure: "likely", codes: ["WrittenNotFound"] },
      { sure: "possible", codes: ["NoSuchKey"], when: [versioningOn] },
    ],
    remedy: {
      text: "Wait 15 minutes, then look again.",
      commands: ["sms-storage doctor s3://{bucket}"],
      by: "you",
    },
    source: "S3 API Reference, PutBucketVersioning.",
  },
  {
    id: "D60",
    layer: "objects",
    title: "The store does not know the checksums of new SDKs",
    symptom:
      "`BadDigest`, or 400 or 501 that names x-amz-checksum or a trailer, of a store other than AWS.",
    cause:
      "SDKs since 2025 send a CRC with every upload by default, which older stores do not know.",
    affects: "Uploads by those SDKs; sms-storage asks each store for what it knows.",
    signs: [
      { sure: "likely", codes: ["BadDigest", "XAmzContentChecksumMismatch"], when: [notOnAws] },
      {
        sure: "certain",
        says: /x-amz-(?:sdk-)?checksum|x-amz-trailer|STREAMING-UNSIGNED-PAYLOAD-TRAILER/i,
        when: [notOnAws],
      },
      // A body in chunks, which is how a checksum comes behind it.
      {
        sure: "likely",
        codes: ["NotImplemented"],
        operations: ["PutObject", "UploadPart"],
        when: [notOnAws],
      },
      {
        sure: "possible",
        codes: ["BadDigest", "XAmzContentChecksumMismatch", "NotImplemented"],
      },
    ],
    remedy: {
      text: "Have SDKs and the AWS CLI send checksums only where they must.",
      commands: [
        "export AWS_REQUEST_CHECKSUM_CALCULATION=when_required",
        "export AWS_RESPONSE_CHECKSUM_VALIDATION=when_required",
      ],
      by: "you",
    },
    source: "AWS SDKs and Tools Reference Guide, data integrity protections.",
  },
];
