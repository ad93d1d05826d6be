import type { LifecycleConfiguration, LifecycleRule } from "../../core/bucket-settings.ts";
import { lifecycleActions } from "./lifecycle-actions.ts";
import { lifecycleFilter } from "./lifecycle-filter.ts";
import { choice, text } from "./scalars.ts";
import { same, xmlDocument } from "./setting-document.ts";
import { list, required, structure } from "./shape.ts";

const rule = structure<LifecycleRule>({
  ID: text,
  Filter: lifecycleFilter,
  Prefix: text,
  Status: required(choice("Enabled", "Disabled")),
  ...lifecycleActions,
});

/**
 * `LifecycleConfiguration`; rules of meaning (days above zero, one kind of filter, ...) are for the
 * caller. Source: S3 API reference, PutBucketLifecycleConfiguration, 2026-08.
 */
export const lifecycleConfiguration = xmlDocument<
  Partial<Pick<LifecycleConfiguration, "Rules">>,
  LifecycleConfiguration
>({
  root: "LifecycleConfiguration",
  shape: structure({ Rules: required(list(rule, "Rule")) }),
  fromWire: (wire) => ({ Rules: wire.Rules ?? [] }),
  toWire: same,
  headers: { TransitionDefaultMinimumObjectSize: "x-amz-transition-default-minimum-object-size" },
});

/** S3 names rules that came without an `ID`. */
export function withRuleIds(
  value: LifecycleConfiguration,
  makeId: () => string,
): LifecycleConfiguration {
  return {
    ...value,
    Rules: value.Rules.map((own) => (isNamed(own) ? own : { ...own, ID: makeId() })),
  };
}

function isNamed({ ID }: LifecycleRule): boolean {
  return ID !== undefined && ID !== "";
}
