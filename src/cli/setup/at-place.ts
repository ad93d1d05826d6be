import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { agreedBucket } from "../locations.ts";
import type { OptionValues } from "../option-values.ts";

/** A command as if `--bucket` had been given for its place. */
export interface Called {
  readonly context: CommandContext;
  readonly options: OptionValues;
}

/** Throws UsageError for two buckets, or none. `optional`: options of many words that take none, too. */
export function calledAt(
  context: CommandContext,
  [named]: readonly string[],
  line: OptionValues,
  optional: readonly string[] = [],
): Called {
  const { places, options } = placesAmong(named, line, optional);
  const [place] = places;
  if (place === undefined) return { context, options };
  if (places.length > 1) {
    throw new UsageError(`These are ${places.length} buckets: ${places.join(", ")}.`);
  }
  const bucket = agreedBucket(place, context.flags.bucket);
  const settings: CommandContext["settings"] = (implied) =>
    context.settings({ ...implied, bucket });
  return { options, context: { ...context, flags: { ...context.flags, bucket }, settings } };
}

/** An option of many words takes a place that follows it for one of them; none of its words begins so. */
function placesAmong(named: string | undefined, line: OptionValues, optional: readonly string[]) {
  const places = named === undefined ? [] : [named];
  const options = { ...line };
  for (const [name, value] of Object.entries(line)) {
    if (!Array.isArray(value)) continue;
    const words = value.map(String);
    const found = words.filter(isPlace);
    if (found.length === 0) continue;
    places.push(...found);
    const rest = words.filter((word) => !isPlace(word));
    if (rest.length === 0 && !optional.includes(name)) {
      const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      throw new UsageError(`${flag} takes a value, and ${words.join(" ")} is a bucket.`);
    }
    options[name] = rest.length === 0 ? true : rest;
  }
  return { places, options };
}

function isPlace(word: string): boolean {
  return /^s3:/i.test(word);
}
