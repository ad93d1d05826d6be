import type { Dialect } from "./dialect.ts";
import { s3Dialect } from "./s3.ts";

const reference = "docs.cloud.google.com/storage, XML API reference";

/** Google Cloud Storage's XML API with HMAC keys, at `https://storage.googleapis.com`. */
export const gcsDialect: Dialect = {
  ...s3Dialect,
  name: "gcs",
  title: "Google Cloud Storage",
  endpoint: { value: "https://storage.googleapis.com", evidence: reference },
  keys: { value: "HMAC keys", evidence: "cloud.google.com/storage, HMAC keys" },
  transport: { value: "TLS", evidence: reference },
  uploadChecksum: {
    value: "none",
    evidence: `${reference}, headers: Content-MD5 and x-goog-hash; x-amz-checksum-* are none of them`,
  },
  readChecksums: { value: false, evidence: `${reference}: hashes come as x-goog-hash` },
  writeConditionEtag: { value: "quoted", evidence: "not used: writes take no ETag" },
  batchDeleteDigest: { value: "content-md5", evidence: `${reference}, headers: Content-MD5` },
  signingRegion: {
    value: "auto",
    evidence: "cloud.google.com/storage, Signatures: the location of a V4 credential may be auto",
  },
  checksumHeaders: { value: "no", evidence: `${reference}, headers` },
  batchDelete: {
    value: "unknown",
    evidence:
      "generally available by ClickHouse/clickhouse-docs pull request 6048; not there before",
  },
  conditionalWrites: {
    value: "no",
    evidence:
      "apache/opendal issue 7889: writes go by generation numbers (x-goog-if-generation-match), not by ETag",
  },
  conditionalDeletes: { value: "no", evidence: "as writes" },
  versioning: {
    value: "unknown",
    evidence: "versions are generations there; whether they are listed as S3's is to be probed",
  },
  formUploads: {
    value: "unknown",
    evidence: "its forms have fields of their own (x-goog-*); S3's are to be probed",
  },
  objectAttributes: { value: "no", evidence: `${reference}, methods: none such` },
  objectTags: { value: "no", evidence: `${reference}, methods: none such` },
  serverSideEncryptionHeader: {
    value: "no",
    evidence: `${reference}, headers: x-goog-encryption-*; all is encrypted anyway`,
  },
  sessionTokens: {
    value: "no",
    evidence: "cloud.google.com/storage, HMAC keys: of an account, and they do not end",
  },
  copyPart: {
    value: "unknown",
    evidence: "ClickHouse/ClickHouse pull request 49390 does without it there",
  },
  etagIsMd5: {
    value: "unknown",
    evidence: `${reference}: an MD5 of simple uploads, not of composed ones`,
  },
};
