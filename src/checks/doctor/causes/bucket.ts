import type { CauseRow } from "../cause-row.ts";
import { regionCommands } from "./region-commands.ts";

/** The bucket's name, place and documents, and how the store fares. */
export const bucketCauses: readonly CauseRow[] = [
  {
    id: "D25",
    layer: "bucket",
    title: "There is no such bucket",
    symptom: "`NoSuchBucket` (404).",
    cause:
      "The name {bucket} is misspelled, the bucket was deleted, is of another partition or store, or was " +
      "made a moment ago and is not known everywhere yet.",
    affects: "Everything.",
    signs: [
      { sure: "certain", codes: ["NoSuchBucket"] },
      { sure: "possible", codes: ["InvalidBucketName"], statuses: [404] },
    ],
    remedy: {
      text:
        "See which buckets there are, and correct the name where it was given (of the settings: " +
        "STORAGE_S3_BUCKET); or make the bucket.",
      commands: ["sms-storage ls s3://", "sms-storage setup --bucket {bucket}"],
      by: "you",
    },
    source: "S3 API Reference, error responses.",
  },
  {
    id: "D26",
    layer: "bucket",
    title: "Nothing of that name is there",
    symptom: "`NoSuchKey` (404), or HTTP 404 to a HEAD, which has no code.",
    cause:
      "NoSuchKey: the key is not in the bucket {bucket}. A bare 404, as HEAD gets it, does not say " +
      "whether the bucket or the key is missing.",
    affects: "What was asked for.",
    signs: [
      { sure: "certain", codes: ["NoSuchKey"] },
      { sure: "likely", codes: ["NotFound", "404"] },
      { sure: "likely", statuses: [404], operations: ["HeadObject", "HeadBucket"] },
      { sure: "possible", says: /\bFileNotFoundError\b/ },
    ],
    remedy: {
      text: "Ask by GET, which says whether it is the bucket or the key.",
      commands: ["sms-storage doctor s3://{bucket}", "sms-storage ls s3://{bucket}/"],
      by: "you",
    },
    source: "S3 API Reference, HeadObject: a HEAD has no body.",
  },
  {
    id: "D27",
    layer: "bucket",
    title: "The bucket's name is taken by another account",
    symptom: "`BucketAlreadyExists` (409).",
    cause: "Bucket names are shared by all accounts of a partition.",
    affects: "The bucket was not made.",
    signs: [{ sure: "certain", codes: ["BucketAlreadyExists"] }],
    remedy: {
      text: "Take a name that ends in -ACCOUNT-REGION-an, which nobody else can have, or another one.",
      commands: ["sms-storage setup --bucket sms-{account}-{region}-an"],
      by: "you",
    },
    source: "S3 API Reference, CreateBucket; account-regional namespaces.",
  },
  {
    id: "D28",
    layer: "bucket",
    title: "The bucket is yours already",
    severity: "low",
    symptom: "`BucketAlreadyOwnedByYou` (409).",
    cause: "It was made before, by this account. In us-east-1 the answer is 200 instead.",
    affects: "Nothing: it is there.",
    signs: [{ sure: "certain", codes: ["BucketAlreadyOwnedByYou"] }],
    remedy: {
      text: "Go on with it: the set-up takes it over.",
      commands: ["sms-storage setup --bucket {bucket}"],
      by: "you",
    },
    source: "S3 API Reference, CreateBucket.",
  },
  {
    id: "D30",
    layer: "bucket",
    title: "The account has as many buckets as it may have",
    symptom: "`TooManyBuckets` (400).",
    cause: "The quota of general purpose buckets is used up; 10,000 unless it was raised.",
    affects: "The bucket was not made.",
    signs: [{ sure: "certain", codes: ["TooManyBuckets"] }],
    remedy: {
      text: "Delete buckets that are empty, or ask for a higher quota.",
      commands: [
        "sms-storage ls s3://",
        "aws service-quotas list-service-quotas --service-code s3",
      ],
      by: "administrator",
    },
    source: "AWS General Reference, S3 quotas.",
  },
  {
    id: "D31",
    layer: "configuration",
    title: "The bucket's name is no valid one",
    symptom: "`InvalidBucketName` (400).",
    cause:
      "A name has 3 to 63 lower-case letters, digits, hyphens and dots, and some endings are reserved.",
    affects: "Nothing can be asked of it.",
    signs: [
      { sure: "certain", codes: ["InvalidBucketName"] },
      {
        sure: "certain",
        says: /is not a bucket name|is no valid bucket name|STORAGE_(?:S3|QUMULO)_BUCKET.*(?:name|letters)/,
      },
    ],
    remedy: {
      text: "Correct STORAGE_S3_BUCKET.",
      commands: ["sms-storage config explain"],
      by: "you",
    },
    source: "S3 User Guide, bucket naming rules.",
  },
  {
    id: "D32",
    layer: "bucket",
    title: "The LocationConstraint is not valid",
    symptom: "`InvalidLocationConstraint` (400).",
    cause: "CreateBucket names us-east-1, which is to be left out, or a region that is none.",
    affects: "The bucket was not made.",
    signs: [{ sure: "certain", codes: ["InvalidLocationConstraint"] }],
    remedy: {
      text: "Leave it out for us-east-1, as sms-storage does; else correct the region.",
      commands: ["sms-storage setup --bucket {bucket} --region {region}"],
      by: "you",
    },
    source: "S3 API Reference, CreateBucket.",
  },
  {
    id: "D33",
    layer: "bucket",
    title: "The endpoint is another region's than the bucket is to be in",
    symptom: "`IllegalLocationConstraintException` (400).",
    cause: "The client signs for and asks at one region, and means a bucket in another.",
    affects: "The bucket was not made, or cannot be reached so.",
    signs: [{ sure: "certain", codes: ["IllegalLocationConstraintException"] }],
    remedy: {
      text: "Set one region everywhere: that of the bucket.",
      commands: ["sms-storage setup --bucket {bucket} --region {bucketRegion}"],
      by: "you",
    },
    fix: { kind: "set-variable", name: "STORAGE_S3_REGION", value: "{bucketRegion}" },
    source: "S3 API Reference, error responses.",
  },
  {
    id: "D34",
    layer: "bucket",
    title: "The bucket is in another region",
    symptom: "`PermanentRedirect` (301) with the bucket's region.",
    cause: "The settings say {region}; the bucket is in {bucketRegion}.",
    affects: "Clients that follow no redirect fail, as SMS API's do.",
    signs: [
      { sure: "certain", codes: ["PermanentRedirect"] },
      { sure: "likely", statuses: [301] },
      { sure: "certain", severity: "medium", codes: ["WrongRegion"] },
    ],
    remedy: {
      text:
        "Set STORAGE_S3_REGION to {bucketRegion} where it stands now: {regionSource}. Where that is {dotenv}, " +
        "doctor --fix does so.",
      commands: regionCommands("{bucketRegion}"),
      by: "you",
    },
    fix: { kind: "set-variable", name: "STORAGE_S3_REGION", value: "{bucketRegion}" },
    source: "S3 API Reference, error responses: PermanentRedirect.",
  },
  {
    id: "D35",
    layer: "bucket",
    title: "The request is signed for another region",
    symptom: "`AuthorizationHeaderMalformed` (400) `the region 'a' is wrong; expecting 'b'`.",
    cause: "The settings say {region}; the store expects {bucketRegion}.",
    affects: "Every request to the bucket.",
    signs: [
      { sure: "certain", codes: ["AuthorizationHeaderMalformed"] },
      {
        sure: "certain",
        codes: ["AuthorizationQueryParametersError"],
        says: /the region '[^']{1,64}' is wrong/,
      },
      // s3fs-fuse keeps the code to itself.
      { sure: "possible", says: /s3fs_check_service[^\n]{0,120}Bad Request/ },
      { sure: "possible", statuses: [400], operations: ["HeadObject", "HeadBucket"] },
    ],
    remedy: {
      text:
        "Set STORAGE_S3_REGION to {bucketRegion} where it stands now: {regionSource}. Where that is {dotenv}, " +
        "doctor --fix does so.",
      commands: regionCommands("{bucketRegion}"),
      by: "you",
    },
    fix: { kind: "set-variable", name: "STORAGE_S3_REGION", value: "{bucketRegion}" },
    source: "S3 API Reference, error responses: AuthorizationHeaderMalformed.",
  },
  {
    id: "D36",
    layer: "bucket",
    title: "The bucket is new, and its name has not spread yet",
    symptom: "`TemporaryRedirect` (307).",
    cause: "DNS does not lead to the bucket's region yet.",
    affects: "Requests by the global endpoint, for a while.",
    signs: [
      { sure: "certain", codes: ["TemporaryRedirect", "Redirect"] },
      { sure: "likely", statuses: [307] },
    ],
    remedy: {
      text: "Ask at the region's own endpoint, and try again in a while.",
      commands: ["sms-storage doctor s3://{bucket} --region {bucketRegion}"],
      by: "you",
    },
    source: "S3 User Guide, request redirection.",
  },
];
