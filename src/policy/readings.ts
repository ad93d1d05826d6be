import { policyLimits } from "../core/policy-limits.ts";
import type { Statement } from "./policy.ts";
import type { ContextLookup } from "./request.ts";

/** A condition key that stands for one tag, such as `s3:existingobjecttag/team`. */
export function isTagKey(key: string): boolean {
  return /^[a-z0-9-]+:[a-z]+tag\//.test(key);
}

/**
 * Whether a statement holds when several tags fit a key that it asks for. AWS lets the key match one
 * of them and leaves open which, so an Allow has to hold whichever it is, and a Deny holds when it
 * does for any. Source: IAM User Guide, "Controlling access using tags" (a key matches a tag
 * named `TagKey1` or `tagkey1`, but not both).
 */
export function holdsForTags(
  effect: Statement["effect"],
  tagKeys: readonly string[],
  lookup: ContextLookup,
  holds: (lookup: ContextLookup) => boolean,
): boolean {
  let readings: ReadonlyMap<string, string>[] = [new Map()];
  for (const key of tagKeys) {
    const values = lookup(key) ?? [];
    if (values.length < 2) continue;
    readings = readings.flatMap((reading) =>
      values.map((value) => new Map([...reading, [key, value]])),
    );
    if (readings.length > policyLimits.tagReadings) return effect === "Deny";
  }
  const holdsIn = (reading: ReadonlyMap<string, string>): boolean =>
    holds((key) => {
      const value = reading.get(key);
      return value === undefined ? lookup(key) : [value];
    });
  return effect === "Deny" ? readings.some(holdsIn) : readings.every(holdsIn);
}
