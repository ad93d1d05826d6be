import type { Dialect } from "./dialect.ts";
import { s3Dialect } from "./s3.ts";

const table = 'developers.cloudflare.com/r2, "S3 API compatibility" (2026)';
const unprobed = `${table} is not clear on it; to be probed`;

/** Cloudflare R2, at `https://ACCOUNT.r2.cloudflarestorage.com`. */
export const r2Dialect: Dialect = {
  ...s3Dialect,
  name: "r2",
  title: "Cloudflare R2",
  endpoint: { value: "https://ACCOUNT.r2.cloudflarestorage.com", evidence: table },
  transport: { value: "TLS", evidence: table },
  uploadChecksum: {
    value: "none",
    evidence: `${table}: CRC32 of parts is composite only, where our uploads have one of the whole`,
  },
  writeConditionEtag: { value: "quoted", evidence: "RFC 9110, section 8.8.3" },
  batchDeleteDigest: {
    value: "content-md5",
    evidence: "aws-sdk-js-v3 issue 6810: CRC32 headers were answered with 501",
  },
  signingRegion: { value: "auto", evidence: `${table}: the region is auto` },
  checksumHeaders: { value: "yes", evidence: `${table}: CRC32, CRC32C, CRC64NVME, SHA1, SHA256` },
  conditionalWrites: {
    value: "yes",
    evidence:
      'developers.cloudflare.com/r2, "Conditional operations": PutObject, CompleteMultipartUpload; ' +
      "of CopyObject under names of its own (cf-copy-destination-if-match)",
  },
  versioning: { value: "unknown", evidence: unprobed },
  formUploads: { value: "unknown", evidence: unprobed },
  objectAttributes: { value: "unknown", evidence: unprobed },
  objectTags: { value: "unknown", evidence: unprobed },
  serverSideEncryptionHeader: { value: "unknown", evidence: unprobed },
  equalParts: {
    value: "yes",
    evidence: "cloudflare-r2 issue 15 and R2's limits: all parts but the last have one size",
  },
};
