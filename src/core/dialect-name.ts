/** Kinds of stores whose ways are known; `s3` is any other that speaks S3. */
export const dialectNames = [
  "aws",
  "qumulo",
  "ceph",
  "minio",
  "gcs",
  "r2",
  "b2",
  "embedded",
  "s3",
] as const;

/** One of `dialectNames`. */
export type DialectName = (typeof dialectNames)[number];

/** What an endpoint's host gives away; Ceph, MinIO and the embedded server stand under any name. */
const hosts: readonly (readonly [RegExp, DialectName])[] = [
  [/(^|\.)storage\.googleapis\.com$/, "gcs"],
  [/\.r2\.cloudflarestorage\.com$/, "r2"],
  [/^s3\.[a-z0-9-]+\.backblazeb2\.com$/, "b2"],
];

/** The vendor whose host this is; undefined where a host tells nothing. */
export function dialectOfHost(hostname: string): DialectName | undefined {
  return hosts.find(([pattern]) => pattern.test(hostname.toLowerCase()))?.[1];
}
