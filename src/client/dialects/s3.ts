import { awsDialect } from "./aws.ts";
import type { Dialect } from "./dialect.ts";

const guess = "differs between compatible stores; tried, and a refusal is handled";

/** Any store that speaks S3: Ceph, moto, MinIO, the embedded server. Like AWS, but with path style. */
export const s3Dialect: Dialect = {
  ...awsDialect,
  name: "s3",
  title: "any other",
  endpoint: { value: "your own", evidence: "STORAGE_S3_ENDPOINT_URL" },
  keys: { value: "access keys", evidence: "STORAGE_S3_ACCESS_KEY_ID" },
  transport: { value: "TLS or plain HTTP", evidence: "as the endpoint's scheme says" },
  addressing: { value: "path", evidence: "works without wildcard DNS; botocore does the same" },
  writeConditionEtag: {
    value: "bare",
    evidence:
      "Ceph radosgw of Debian 12 compares If-Match of a PUT with the bare ETag (measured); " +
      "moto, the embedded server and AWS take both forms",
  },
  followsRegion: { value: false, evidence: "one endpoint; another region is another endpoint" },
  checksumHeaders: {
    value: "unknown",
    evidence:
      "Cloudflare R2 answered 501 (aws-sdk-js-v3 #6810); on a refusal the header is dropped for good",
  },
  conditionalWrites: { value: "unknown", evidence: guess },
  conditionalDeletes: { value: "unknown", evidence: guess },
  versioning: { value: "unknown", evidence: guess },
  objectAttributes: { value: "unknown", evidence: guess },
  objectTags: { value: "unknown", evidence: guess },
  serverSideEncryptionHeader: {
    value: "unknown",
    evidence: "Ceph and MinIO refuse AES256 when they have no key service",
  },
  formUploads: { value: "unknown", evidence: guess },
  sessionTokens: { value: "unknown", evidence: guess },
  etagIsMd5: { value: "unknown", evidence: guess },
  equalParts: { value: "unknown", evidence: guess },
};
