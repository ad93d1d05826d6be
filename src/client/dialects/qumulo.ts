import type { Dialect } from "./dialect.ts";

const known = 'docs.qumulo.com, "Supported S3 functionality and known limits" (Core 7.2.3)';
const silent = `${known}: not mentioned; to be probed`;

/** Qumulo Core's S3: a file system behind the protocol. */
export const qumuloDialect: Dialect = {
  name: "qumulo",
  title: "Qumulo",
  endpoint: { value: "your cluster's, port 9000", evidence: known },
  keys: { value: "access keys, at most two an identity", evidence: known },
  transport: {
    value: "TLS, often with a certificate of its own authority",
    evidence:
      "docs.qumulo.com: HTTPS with a self-signed certificate by default; STORAGE_QUMULO_CA_FILE",
  },
  addressing: { value: "path", evidence: `${known}: virtual-hosted addressing unsupported` },
  uploadChecksum: {
    value: "none",
    evidence: "SMS API 08f1017d: writes failed until request checksums were set to when_required",
  },
  readChecksums: { value: false, evidence: silent },
  payloadSigning: {
    value: "never",
    evidence: `SMS API file_service_qumulo_s3.py: payload_signing_enabled=False works; ${known}: multi-chunk signing unsupported`,
  },
  writeConditionEtag: { value: "quoted", evidence: silent },
  batchDeleteDigest: {
    value: "content-md5",
    evidence: `${silent}; botocore sends CRC32 for DeleteObjects by itself, which stores without checksums refuse`,
  },
  signingRegion: {
    value: "us-east-1",
    evidence: "SMS API signs with us-east-1; GetBucketLocation answers `local`",
  },
  followsRegion: { value: false, evidence: "one cluster, one region" },
  overwrite: {
    value: "unknown",
    evidence:
      "docs.qumulo.com, managing access policies: PutObject writes or overwrites; " +
      "the UCHC cluster refused to overwrite (SMS API 3a18a15e), code not recorded",
  },
  checksumHeaders: { value: "unknown", evidence: silent },
  batchDelete: { value: "yes", evidence: `${known}: since Core 5.2.2` },
  conditionalWrites: { value: "unknown", evidence: silent },
  conditionalDeletes: { value: "unknown", evidence: silent },
  versioning: { value: "unknown", evidence: `${known}: Core 7.1.2 and later` },
  objectAttributes: { value: "no", evidence: `${known}: not in the list of actions` },
  userMetadata: {
    value: "unknown",
    evidence: `${known}: listed as unsupported until 2024-01-09, then the line was dropped`,
  },
  objectTags: {
    value: "unknown",
    evidence: `${known}: PutObjectTagging since Core 6.3.2, GetObjectTagging since 7.1.2`,
  },
  serverSideEncryptionHeader: {
    value: "no",
    evidence: `${known}: control of server-side encryption unsupported`,
  },
  formUploads: { value: "no", evidence: `${known}: POST Object is not in the list of actions` },
  sessionTokens: { value: "no", evidence: `${known}: temporary credentials unsupported` },
  copyPart: { value: "yes", evidence: `${known}: UploadPartCopy since Core 6.0.2` },
  orderedListing: {
    value: "no",
    evidence: `${known}: consistent but non-alphabetical order; a prefix must be a path that exists`,
  },
  etagIsMd5: { value: "no", evidence: `${known}: ETags are proprietary, such as "-gUAAAAA..."` },
  equalParts: {
    value: "no",
    evidence: "docs.qumulo.com, managing multipart uploads: sizes may differ",
  },
  partSizeMultipleBytes: {
    value: 4096,
    evidence: "docs.qumulo.com, managing multipart uploads: multiples of 4,096 except the last",
  },
};
