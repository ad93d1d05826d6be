import type { Dialect } from "./dialect.ts";
import { s3Dialect } from "./s3.ts";

const measured = "probed on the gateway of Debian 12 (Ceph 16.2), 2026-11";
const table = 'docs.ceph.com, "Ceph Object Gateway S3 API", features support (Tentacle)';

/** Ceph's RADOS gateway. Newer ones can more than the oldest that is in use; `probe` finds out. */
export const cephDialect: Dialect = {
  ...s3Dialect,
  name: "ceph",
  title: "Ceph",
  checksumHeaders: {
    value: "unknown",
    evidence: `${measured}: passed over; ceph/ceph pull request 55259 speaks of them as to come`,
  },
  conditionalWrites: { value: "yes", evidence: measured },
  conditionalDeletes: { value: "unknown", evidence: `${measured}: passed over` },
  versioning: { value: "yes", evidence: `${table}: bucket object versions` },
  objectAttributes: {
    value: "unknown",
    evidence: `${measured}: not there; ceph/ceph pull request 55259 brings it`,
  },
  objectTags: { value: "yes", evidence: `${table}: object tagging` },
  sessionTokens: {
    value: "unknown",
    evidence: "docs.ceph.com, STS in Ceph: only where rgw_s3_auth_use_sts is on",
  },
  etagIsMd5: { value: "yes", evidence: measured },
};
