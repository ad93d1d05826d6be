import { archivedClasses } from "../../core/storage-classes.ts";
import type { ObjectRecord } from "../../engine/engine.ts";
import { formatHttpDate } from "../../protocol/http-date.ts";
import { S3Error } from "../../protocol/s3-error.ts";

type Archived = Pick<ObjectRecord, "storageClass" | "restoredUntil">;

export function isArchived({ storageClass }: Archived): boolean {
  return storageClass !== undefined && archivedClasses.has(storageClass);
}

/** Until when the bytes of an archived object may be read. Undefined: not restored, or no longer. */
export function restoredUntil({ restoredUntil: until }: Archived, now: Date): Date | undefined {
  return until !== undefined && until > now ? until : undefined;
}

/** Throws InvalidObjectState for bytes that have to be restored first. `message` default: a reader's. */
export function assertReadableClass(record: Archived, now: Date, message?: string): void {
  if (!isArchived(record) || restoredUntil(record, now) !== undefined) return;
  throw new S3Error("InvalidObjectState", {
    ...(message !== undefined && { message }),
    extra: { StorageClass: record.storageClass ?? "" },
  });
}

/** `x-amz-restore`, for those that are restored. */
export function restoreHeader(record: Archived, now: Date): string | undefined {
  const until = isArchived(record) ? restoredUntil(record, now) : undefined;
  return until && `ongoing-request="false", expiry-date="${formatHttpDate(until)}"`;
}
