import type { ObjectRecord } from "../../engine/engine.ts";
import { isArchived, restoredUntil } from "../objects/archived.ts";
import type { OperationRequest } from "../operation.ts";

/**
 * At which moment a listing has to tell what is restored; undefined: it was not asked to. Names that S3
 * does not have mean nothing here. Source: API reference, ListObjectsV2, `x-amz-optional-object-attributes`.
 */
export function restoreStatusAt(request: OperationRequest): Date | undefined {
  const asked = request.header("x-amz-optional-object-attributes") ?? "";
  const isAsked = asked.split(",").some((name) => name.trim() === "RestoreStatus");
  return isAsked ? request.now : undefined;
}

/** A record as it is listed then. */
export function withRestoreStatus<Listed extends ObjectRecord>(
  record: Listed,
  now: Date,
): Listed & { readonly restored?: Date } {
  const until = isArchived(record) ? restoredUntil(record, now) : undefined;
  return until === undefined ? record : { ...record, restored: until };
}
