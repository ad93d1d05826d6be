import type { Dialect } from "./dialect.ts";
import { s3Dialect } from "./s3.ts";

const put = 'backblaze.com/apidocs, "S3 Put Object"';
const copy = 'backblaze.com/apidocs, "S3 Copy Object"';

/** Backblaze B2, at `https://s3.REGION.backblazeb2.com`. */
export const b2Dialect: Dialect = {
  ...s3Dialect,
  name: "b2",
  title: "Backblaze B2",
  endpoint: { value: "https://s3.REGION.backblazeb2.com", evidence: put },
  transport: { value: "TLS", evidence: put },
  writeConditionEtag: { value: "quoted", evidence: "not used: writes take no conditions" },
  checksumHeaders: {
    value: "unknown",
    evidence: `${copy}: an object's checksum algorithm is kept; which are taken is to be probed`,
  },
  conditionalWrites: {
    value: "no",
    evidence: "obsidian-s3 pull request 84: NotImplemented; none in the headers of Put Object",
  },
  conditionalDeletes: { value: "no", evidence: "as writes" },
  versioning: {
    value: "yes",
    evidence: "backblaze.com/docs, S3-Compatible API: every bucket keeps versions",
  },
  objectTags: { value: "no", evidence: `${copy}: x-amz-tagging is rejected, of Put Object too` },
  sessionTokens: { value: "no", evidence: `${put}: application keys; no header of a token` },
};
