import type { LifecycleConfiguration } from "../../core/bucket-settings.ts";
import type { ObjectRecord } from "../../engine/engine.ts";
import { expirationOf } from "../../engine/lifecycle/due-date.ts";
import { formatHttpDate } from "../../protocol/http-date.ts";
import { uriEncode } from "../../protocol/query.ts";

type Expiring = Pick<ObjectRecord, "key" | "sizeBytes" | "lastModified" | "tags">;

/**
 * The `x-amz-expiration` header of a current version: when the earliest lifecycle rule deletes it, in
 * real days. Undefined: no rule does.
 */
export function expirationHeader(
  lifecycle: LifecycleConfiguration | undefined,
  record: Expiring,
): string | undefined {
  const due = lifecycle && expirationOf(lifecycle.Rules, record);
  if (due === undefined) return undefined;
  return `expiry-date="${formatHttpDate(new Date(due.at))}", rule-id="${uriEncode(due.ruleId)}"`;
}
