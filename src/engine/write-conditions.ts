import { bareEtag } from "../protocol/headers/etag.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { WriteCondition } from "./engine.ts";
import type { VersionRow } from "./rows.ts";

/** Judges PutObject's and CopyObject's conditions against the latest version that is no marker. */
export function assertWriteCondition(
  condition: WriteCondition | undefined,
  key: string,
  current: VersionRow | undefined,
): void {
  if (condition?.ifNoneMatchAny === true && current !== undefined) {
    throw preconditionFailed("If-None-Match");
  }
  if (condition?.ifMatch === undefined) return;
  if (current === undefined) throw noSuchKey(key);
  if (!etagMatches(condition.ifMatch, current.etag)) throw preconditionFailed("If-Match");
}

/** With or without quotes and `W/`; `*` matches all. */
export function etagMatches(wanted: string, etag: string): boolean {
  return wanted.trim() === "*" || bareEtag(wanted) === etag;
}

export function preconditionFailed(condition: "If-Match" | "If-None-Match"): S3Error {
  return new S3Error("PreconditionFailed", { extra: { Condition: condition } });
}

export function noSuchKey(key: string): S3Error {
  return new S3Error("NoSuchKey", { extra: { Key: key } });
}
