import type { S3OperationName } from "../../protocol/operations.ts";
import type { Refusal } from "./personality.ts";
import { isAtLeast, type QumuloVersion } from "./qumulo-version.ts";

/** Where a fact is from. What nobody has written down is named so, and never dressed up. */
type Evidence =
  | { readonly kind: "documented" | "observed"; readonly source: string }
  /** It follows from what is documented. */
  | { readonly kind: "inferred"; readonly from: string }
  /** Nothing is known; the reaction is the one that is hardest on clients. */
  | { readonly kind: "unknown" };

/** `ignored`: as if the request had not said it. `played`: the server behaves as `what` says. */
type Reaction = Refusal | "ignored" | "played";

export interface QumuloFact {
  readonly what: string;
  /** The first version for which it holds. Absent: ever since S3. */
  readonly since?: string;
  /** The first version for which it does not hold any more. Absent: it still does. */
  readonly until?: string;
  readonly evidence: Evidence;
  readonly reaction: Reaction;
}

const pages = "docs.qumulo.com, administrator guide, S3 API: ";
const known = `${pages}"Supported S3 functionality and known limits"`;
const buckets = `${pages}"Creating and managing S3 buckets"`;
const policies = `${pages}"Managing access policies for S3 buckets"`;
const access = `${pages}"Managing access to S3 buckets"`;
const uploads = `${pages}"Managing multipart uploads"`;

const documented = (source: string): Evidence => ({ kind: "documented", source });
const inferred = (from: string): Evidence => ({ kind: "inferred", from });
const unknown: Evidence = { kind: "unknown" };
export const notImplemented: Refusal = { code: "NotImplemented", status: 501 };
const played = "played";

/** How Qumulo's S3 differs from AWS's, headers and operations apart. */
export const qumuloFacts = {
  overwrite: {
    what: "An object that is there is not written over",
    evidence: {
      kind: "observed",
      source:
        "SMS API, file_service_qumulo_s3.py: one cluster refused; its code was not written down. " +
        `${policies} has PutObject write or overwrite any object`,
    },
    reaction: { code: "AccessDenied", status: 403 },
  },
  sessionTokens: {
    what: "There are no temporary credentials",
    evidence: documented(known),
    reaction: { code: "InvalidToken", status: 400 },
  },
  signatureVersion2: {
    what: "Signature Version 2 is refused",
    evidence: documented(known),
    reaction: { code: "AuthorizationHeaderMalformed", status: 400 },
  },
  streaming: {
    what: "Payloads come in one piece: no aws-chunked framing, no trailers",
    evidence: inferred(
      `${known}: multi-chunk payload signing unsupported, of the code nothing is said`,
    ),
    reaction: notImplemented,
  },
  presignedPost: {
    what: "A presigned link is for PUT, GET, HEAD and DELETE; with POST it is refused",
    evidence: inferred(`${access}: POST rejected, of the code nothing is said`),
    reaction: notImplemented,
  },
  opaqueEtag: {
    what: "An ETag says nothing of the bytes and begins with a dash",
    evidence: documented(known),
    reaction: played,
  },
  listingOrder: {
    what: "Listings have a stable order that is not the alphabet's; StartAfter means nothing",
    evidence: documented(known),
    reaction: played,
  },
  listingPrefix: {
    what: "A prefix is the path of a file or directory that is there; any other finds nothing",
    evidence: inferred(`${known}: of other prefixes it only says that they are not supported`),
    reaction: played,
  },
  delimiter: {
    what: "The only delimiter is /",
    evidence: inferred(`${known}: of the code nothing is said`),
    reaction: notImplemented,
  },
  emptyDirectories: {
    what: "An empty directory is listed as a key that ends in /, one with entries is not",
    evidence: documented(buckets),
    reaction: played,
  },
  fileAndDirectory: {
    what: "A path is a file or a directory: a and a/b exclude each other",
    evidence: inferred(`${buckets}: objects are files of a file system`),
    reaction: { code: "InvalidRequest", status: 409 },
  },
  leadingSlash: {
    what: "A key that begins with a slash is the path without it",
    evidence: {
      kind: "observed",
      source:
        "SMS API, tests/common/storage/test_qumulo_s3.py: one cluster takes such a key and reads it back. " +
        "That it is the same file follows from keys being paths below the bucket's folder",
    },
    reaction: played,
  },
  impossibleNames: {
    what: "No part of a path is empty, . or ..",
    evidence: inferred(`${buckets}: objects are files of a file system`),
    reaction: { code: "InvalidArgument", status: 400 },
  },
  keyLength: {
    what: "A part of a path has at most 255 characters, a key 1,530 without its slashes",
    evidence: documented(buckets),
    reaction: { code: "KeyTooLongError", status: 400 },
  },
  bucketNames: {
    what: "Names of buckets have no dots",
    evidence: documented(buckets),
    reaction: { code: "InvalidBucketName", status: 400 },
  },
  bucketCount: {
    what: "A cluster has at most 16,000 buckets",
    evidence: documented(known),
    reaction: { code: "TooManyBuckets", status: 400 },
  },
  partAlignment: {
    what: "Every part but the last has a multiple of 4,096 bytes; seen when the upload is completed",
    evidence: inferred(`${uploads}: the rule; of time and code nothing is said`),
    reaction: { code: "InvalidPart", status: 400 },
  },
  uploadExpiry: {
    what: "An upload that got no data for a day is gone",
    evidence: documented(uploads),
    reaction: played,
  },
  location: {
    what: "The region is called local, and signatures may be made for any",
    evidence: documented(known),
    reaction: played,
  },
  policyLanguage: {
    what: "Bucket policies have Statements, principals of Qumulo and no resources",
    since: "7.0.0.1",
    evidence: documented(policies),
    reaction: { code: "MalformedPolicy", status: 400 },
  },
  guest: {
    what: "Who does not sign is the account Guest, which only reads, where a policy lets it",
    evidence: documented(policies),
    reaction: { code: "AccessDenied", status: 403 },
  },
} as const satisfies Readonly<Record<string, QumuloFact>>;

interface HeaderFact extends QumuloFact {
  /** In lower case; with `*` at its end all that begin so. */
  readonly header: string;
  /** Values that are passed over instead, in lower case. */
  readonly harmless?: readonly string[];
}

const atKnown = (header: string) =>
  inferred(`${known}: ${header} unsupported, its code is not said`);

/** Headers of requests; what is not here is read as S3 reads it. */
export const qumuloHeaders: readonly HeaderFact[] = [
  {
    header: "x-amz-server-side-encryption*",
    what: "Encryption is not chosen by clients",
    evidence: atKnown("control of encryption"),
    reaction: notImplemented,
  },
  {
    header: "x-amz-storage-class",
    harmless: ["standard"],
    what: "There are no storage classes",
    evidence: atKnown("storage classes"),
    reaction: notImplemented,
  },
  {
    header: "x-amz-acl",
    harmless: ["private", "bucket-owner-full-control"],
    what: "ACLs of buckets are not written; what means the owner alone is passed over, as rclone sends it always",
    evidence: atKnown("bucket ACLs"),
    reaction: notImplemented,
  },
  {
    header: "x-amz-grant-*",
    what: "ACLs of buckets are not written",
    evidence: atKnown("bucket ACLs"),
    reaction: notImplemented,
  },
  {
    header: "x-amz-website-redirect-location",
    what: "There are no web sites",
    evidence: atKnown("static web sites"),
    reaction: notImplemented,
  },
  {
    header: "x-amz-tagging",
    until: "6.3.2",
    what: "Objects have no tags",
    evidence: inferred(`${known}: PutObjectTagging since 6.3.2`),
    reaction: notImplemented,
  },
  {
    header: "x-amz-meta-*",
    until: "6.3",
    what: "An object's own metadata are not kept",
    evidence: inferred(`${known}: listed as unsupported until 2024-01`),
    reaction: "ignored",
  },
  {
    header: "x-amz-checksum-*",
    what: "Checksums beside Content-MD5 are neither looked at nor kept",
    evidence: unknown,
    reaction: "ignored",
  },
  {
    header: "x-amz-sdk-checksum-algorithm",
    what: "Checksums beside Content-MD5 are neither looked at nor kept",
    evidence: unknown,
    reaction: "ignored",
  },
];

/** Conditions of writes, which the documentation never mentions; those of reads are kept. */
export const ignoredConditions: ReadonlySet<string> = new Set(["if-match", "if-none-match"]);

/** The version that brought an operation; none that is not here is there. Source: `known`. */
export const operationsSince: Readonly<Partial<Record<S3OperationName, string>>> = {
  ListBuckets: "5.0.4",
  GetObject: "5.0.4",
  HeadObject: "5.0.4",
  ListObjectsV2: "5.0.4",
  ListObjects: "5.0.5",
  HeadBucket: "5.1.2",
  GetBucketLocation: "5.1.2",
  PutObject: "5.2.1",
  DeleteObject: "5.2.1",
  DeleteObjects: "5.2.2",
  CreateBucket: "5.2.3",
  DeleteBucket: "5.2.4",
  AbortMultipartUpload: "5.3.3",
  CompleteMultipartUpload: "5.3.3",
  CopyObject: "5.3.3",
  CreateMultipartUpload: "5.3.3",
  ListMultipartUploads: "5.3.3",
  ListParts: "5.3.3",
  UploadPart: "5.3.3",
  UploadPartCopy: "6.0.2",
  GetBucketAcl: "6.1.1",
  GetObjectAcl: "6.1.1",
  PutObjectTagging: "6.3.2",
  DeleteObjectTagging: "6.3.2",
  GetBucketPolicy: "7.0.0.1",
  PutBucketPolicy: "7.0.1.1",
  DeleteBucketPolicy: "7.0.1.1",
  GetObjectTagging: "7.1.2",
  GetBucketVersioning: "7.1.2",
  PutBucketVersioning: "7.1.2",
  GetObjectRetention: "7.2.1.1",
  PutObjectRetention: "7.2.1.1",
  GetObjectLegalHold: "7.2.3.1",
  PutObjectLegalHold: "7.2.3.1",
  GetObjectLockConfiguration: "7.2.3.1",
  PutObjectLockConfiguration: "7.2.3.1",
};

/** Whether a fact holds for a version. */
export function holdsIn({ since, until }: QumuloFact, version: QumuloVersion): boolean {
  return isAtLeast(version, since) && (until === undefined || !isAtLeast(version, until));
}
