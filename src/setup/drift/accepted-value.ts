import type { LifecycleRule } from "../../core/bucket-settings.ts";
import type { DesiredState } from "../desired-state.ts";
import { isOwnCleanUpRule, isOwnTestRule } from "../recall-lifecycle.ts";
import type { DriftFinding } from "./find-drift.ts";

/** A value of the wish, by its path in `sms-storage.yaml` and in the desired state alike. */
export interface AcceptedValue {
  readonly path: readonly string[];
  readonly value: string | number | boolean | readonly string[];
}

/** What a file would have to say for a finding to be as declared; undefined: no file can say it. */
export function acceptedValues({
  id,
  item,
  found,
}: DriftFinding): readonly AcceptedValue[] | undefined {
  const [kind, aspect] = id.split(":");
  if (kind !== "declared") return undefined;
  if (aspect === "versioning") {
    return [{ path: ["versioning"], value: found === "Enabled" ? "Enabled" : "Suspended" }];
  }
  if (aspect === "ownership" && typeof found === "string") {
    return [{ path: ["ownership"], value: found }];
  }
  if (aspect === "public-access-block") {
    return [{ path: ["publicAccessBlock", item], value: found === true }];
  }
  return aspect === "lifecycle" ? lifecycleValues(found) : undefined;
}

function lifecycleValues(found: unknown): AcceptedValue[] | undefined {
  if (typeof found !== "object" || found === null) return undefined;
  const rule = found as LifecycleRule;
  const days = isOwnTestRule(rule)
    ? { testDays: rule.Expiration?.Days }
    : isOwnCleanUpRule(rule)
      ? {
          noncurrentDays: rule.NoncurrentVersionExpiration?.NoncurrentDays,
          abortUploadDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
        }
      : {};
  const values = Object.entries(days).flatMap(([name, value]) =>
    value === undefined ? [] : [{ path: ["lifecycle", name], value }],
  );
  return values.length === 0 ? undefined : values;
}

/** The wish with these values in it. */
export function withValues(desired: DesiredState, values: readonly AcceptedValue[]): DesiredState {
  let wish: Record<string, unknown> = { ...desired };
  for (const { path, value } of values) {
    const [name = "", member] = path;
    const before = wish[name];
    const inner = typeof before === "object" ? before : {};
    wish = { ...wish, [name]: member === undefined ? value : { ...inner, [member]: value } };
  }
  return wish as unknown as DesiredState;
}
