import type { BucketRecord, UploadRecord } from "../../engine/engine.ts";
import { abortOf } from "../../engine/lifecycle/due-date.ts";
import { formatHttpDate } from "../../protocol/http-date.ts";
import { uriEncode } from "../../protocol/query.ts";

/**
 * When a lifecycle rule aborts an open upload, in real days, and which rule; empty: none does.
 * Source: API reference, CreateMultipartUpload and ListParts.
 */
export function abortHeaders(
  { settings }: BucketRecord,
  upload: Pick<UploadRecord, "key" | "initiatedAt">,
): Record<string, string> {
  const due = settings.lifecycle && abortOf(settings.lifecycle.Rules, upload);
  if (due === undefined) return {};
  return {
    "x-amz-abort-date": formatHttpDate(new Date(due.at)),
    // As in `x-amz-expiration`: an ID may hold what no header can.
    "x-amz-abort-rule-id": uriEncode(due.ruleId),
  };
}
