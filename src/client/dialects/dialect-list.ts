import type { DialectName } from "../../core/dialect-name.ts";
import { awsDialect } from "./aws.ts";
import { b2Dialect } from "./b2.ts";
import { cephDialect } from "./ceph.ts";
import type { Dialect } from "./dialect.ts";
import { embeddedDialect } from "./embedded.ts";
import { gcsDialect } from "./gcs.ts";
import { minioDialect } from "./minio.ts";
import { qumuloDialect } from "./qumulo.ts";
import { r2Dialect } from "./r2.ts";
import { s3Dialect } from "./s3.ts";

/** Every dialect by its name. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  aws: awsDialect,
  qumulo: qumuloDialect,
  ceph: cephDialect,
  minio: minioDialect,
  gcs: gcsDialect,
  r2: r2Dialect,
  b2: b2Dialect,
  embedded: embeddedDialect,
  s3: s3Dialect,
};
