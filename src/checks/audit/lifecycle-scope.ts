import type { LifecycleConfiguration, LifecycleRule } from "../../core/bucket-settings.ts";

export function enabledRules(
  lifecycle: LifecycleConfiguration | undefined,
): readonly LifecycleRule[] {
  return (lifecycle?.Rules ?? []).filter(({ Status }) => Status === "Enabled");
}

export function nameOfRule({ ID }: LifecycleRule): string {
  return ID === undefined || ID === "" ? "a rule without a name" : `rule ${ID}`;
}

/** Of its filter, new or old form; empty: it has none. */
export function prefixOfRule({ Filter, Prefix }: LifecycleRule): string {
  return Filter?.And?.Prefix ?? Filter?.Prefix ?? Prefix ?? "";
}

/** Neither tags nor sizes leave objects out. */
export function isNarrowedByPrefixAlone({ Filter }: LifecycleRule): boolean {
  const part = { ...Filter?.And, ...Filter };
  return (
    part.Tag === undefined &&
    (Filter?.And?.Tags ?? []).length === 0 &&
    part.ObjectSizeGreaterThan === undefined &&
    part.ObjectSizeLessThan === undefined
  );
}

export function isWholeBucket(rule: LifecycleRule): boolean {
  return prefixOfRule(rule) === "" && isNarrowedByPrefixAlone(rule);
}

/** The soonest rule that expires everything under a prefix after some days. */
export function expiringRule(
  lifecycle: LifecycleConfiguration | undefined,
  prefix: string,
): LifecycleRule | undefined {
  return enabledRules(lifecycle)
    .filter(
      (rule) =>
        rule.Expiration?.Days !== undefined &&
        isNarrowedByPrefixAlone(rule) &&
        prefix.startsWith(prefixOfRule(rule)),
    )
    .sort((a, b) => (a.Expiration?.Days ?? 0) - (b.Expiration?.Days ?? 0))[0];
}
