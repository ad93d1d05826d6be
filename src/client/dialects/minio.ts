import type { Dialect } from "./dialect.ts";
import { s3Dialect } from "./s3.ts";

const table = 'docs.min.io, "S3 API Compatibility"';

/** MinIO and AIStor. */
export const minioDialect: Dialect = {
  ...s3Dialect,
  name: "minio",
  title: "MinIO",
  writeConditionEtag: {
    value: "quoted",
    evidence: `minio/minio pull request 16551: the object's own ETag as in RFC 9110`,
  },
  checksumHeaders: {
    value: "yes",
    evidence: "minio/minio issue 21526 (2025): PutObject answers ChecksumCRC64NVME by itself",
  },
  conditionalWrites: {
    value: "yes",
    evidence:
      `${table}: If-Match and If-None-Match of PutObject, CopyObject, CreateMultipartUpload; ` +
      "since RELEASE.2023-02-09, `*` since 2024-05-07 (minio/docs issue 731)",
  },
  conditionalDeletes: { value: "yes", evidence: `${table}: If-Match of DeleteObject (AIStor)` },
  serverSideEncryptionHeader: {
    value: "unknown",
    evidence: "refused where no key service (KMS) is configured",
  },
};
