import type { ObjectRecord } from "../../engine/engine.ts";
import { matchesEtag } from "../../protocol/headers/etag.ts";
import { parseHttpDate } from "../../protocol/http-date.ts";
import { S3Error } from "../../protocol/s3-error.ts";

/** The four conditions of a read, as their headers stand. */
export interface ReadConditionHeaders {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
}

export type ConditionVerdict = "met" | "not-modified" | { readonly failed: string };

/**
 * RFC 9110's order, as S3 keeps it: an ETag condition that is given decides alone, its date twin is
 * then not looked at. Dates compare in whole seconds; a date in the future or garbage is ignored.
 */
export function judgeReadConditions(
  conditions: ReadConditionHeaders,
  record: Pick<ObjectRecord, "etag" | "lastModified">,
  now: Date,
): ConditionVerdict {
  const modified = wholeSeconds(record.lastModified);
  if (conditions.ifMatch !== undefined) {
    if (!matchesEtag(conditions.ifMatch, record.etag)) return { failed: "If-Match" };
  } else {
    const limit = readDate(conditions.ifUnmodifiedSince);
    if (limit !== undefined && modified > limit) return { failed: "If-Unmodified-Since" };
  }
  if (conditions.ifNoneMatch !== undefined) {
    return matchesEtag(conditions.ifNoneMatch, record.etag) ? "not-modified" : "met";
  }
  const since = readDate(conditions.ifModifiedSince);
  if (since === undefined || since > now.getTime()) return "met";
  return modified <= since ? "not-modified" : "met";
}

/** Throws PreconditionFailed; true: answer 304. */
export function isNotModified(verdict: ConditionVerdict): boolean {
  if (typeof verdict === "object") {
    throw new S3Error("PreconditionFailed", { extra: { Condition: verdict.failed } });
  }
  return verdict === "not-modified";
}

function readDate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const date = parseHttpDate(text);
  return date === undefined ? undefined : wholeSeconds(date);
}

function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
