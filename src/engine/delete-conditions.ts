import { S3Error } from "../protocol/s3-error.ts";
import type { KnownBucket } from "./bucket-store.ts";
import type { DeleteObjectInput } from "./engine.ts";
import { toObjectRecord } from "./object-record.ts";
import type { VersionRow } from "./rows.ts";
import type { Tables } from "./tables.ts";
import { type KeyAddress, readVersions } from "./version-store.ts";
import { etagMatches, preconditionFailed } from "./write-conditions.ts";

/** A missing object satisfies If-Match here: S3 answers 204, as for any delete of a missing key. */
export function assertDeleteCondition(
  ifMatch: string | undefined,
  target: VersionRow | undefined,
): void {
  if (ifMatch === undefined || target === undefined || target.marker === 1) return;
  if (!etagMatches(ifMatch, target.etag)) throw preconditionFailed("If-Match");
}

/** Throws PreconditionFailed unless what the delete would meet is as `onlyIf` wants it. */
export function assertDeleteState(
  tables: Tables,
  bucket: KnownBucket,
  address: KeyAddress,
  { key, onlyIf }: DeleteObjectInput,
  target: VersionRow | undefined,
): void {
  if (onlyIf === undefined) return;
  const { name, settings } = bucket.record;
  const holds =
    target !== undefined &&
    onlyIf({
      settings,
      target: toObjectRecord(name, key, target),
      *versions() {
        for (const row of readVersions(tables, address)) yield toObjectRecord(name, key, row);
      },
    });
  if (!holds) throw new S3Error("PreconditionFailed");
}
