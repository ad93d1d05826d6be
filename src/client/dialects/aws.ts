import type { Dialect } from "./dialect.ts";

const guide = "S3 User Guide";
const reference = "S3 API reference, 2026-08";

/** Amazon S3 itself. */
export const awsDialect: Dialect = {
  name: "aws",
  title: "AWS S3",
  endpoint: { value: "AWS's own, by region", evidence: reference },
  keys: { value: "SSO, profiles, roles, access keys", evidence: guide },
  transport: { value: "TLS", evidence: guide },
  addressing: {
    value: "virtual-hosted",
    evidence: `${guide}, "Virtual hosting": path style is being retired; it is used for names with dots and custom endpoints`,
  },
  uploadChecksum: {
    value: "CRC32",
    evidence: `${guide}, "Checking object integrity"; a header, never an aws-chunked trailer, because the body is in memory anyway`,
  },
  readChecksums: { value: true, evidence: `${reference}, GetObject: x-amz-checksum-mode` },
  payloadSigning: {
    value: "auto",
    evidence: `${reference}, "Signature calculations": UNSIGNED-PAYLOAD is allowed; the AWS SDKs use it over TLS`,
  },
  writeConditionEtag: { value: "quoted", evidence: "RFC 9110, section 8.8.3" },
  batchDeleteDigest: {
    value: "content-md5-and-checksum",
    evidence: `${reference}, DeleteObjects: Content-MD5 or a checksum is required`,
  },
  signingRegion: { value: undefined, evidence: `${reference}: the bucket's own region signs` },
  followsRegion: {
    value: true,
    evidence: "botocore utils.py S3RegionRedirector reads x-amz-bucket-region and <Region>",
  },
  overwrite: { value: "yes", evidence: reference },
  checksumHeaders: { value: "yes", evidence: reference },
  batchDelete: { value: "yes", evidence: reference },
  conditionalWrites: {
    value: "yes",
    evidence: `${guide}, "Conditional writes": If-None-Match since 2024-08, If-Match since 2024-11`,
  },
  conditionalDeletes: {
    value: "yes",
    evidence: `${guide}, "Conditional deletes": If-Match of DeleteObject and DeleteObjects`,
  },
  versioning: { value: "yes", evidence: reference },
  objectAttributes: { value: "yes", evidence: reference },
  userMetadata: { value: "yes", evidence: reference },
  objectTags: { value: "yes", evidence: reference },
  serverSideEncryptionHeader: { value: "yes", evidence: reference },
  formUploads: { value: "yes", evidence: `${reference}, "POST Object"` },
  sessionTokens: { value: "yes", evidence: reference },
  copyPart: { value: "yes", evidence: reference },
  orderedListing: {
    value: "yes",
    evidence: `${reference}, ListObjectsV2: UTF-8 binary order in general purpose buckets`,
  },
  etagIsMd5: {
    value: "yes",
    evidence: `${reference}, "Object": true for single uploads in plain text or SSE-S3, not for SSE-KMS and SSE-C`,
  },
  equalParts: { value: "no", evidence: `${guide}, "Multipart upload limits"` },
  partSizeMultipleBytes: { value: 1, evidence: `${guide}, "Multipart upload limits"` },
};
