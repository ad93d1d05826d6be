import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { bucketLocation } from "../locations.ts";

/** The context as if `--bucket` had been given for a place. Throws UsageError for two buckets, or none. */
export function atPlace(context: CommandContext, place: string | undefined): CommandContext {
  if (place === undefined) return context;
  const bucket = bucketLocation(place);
  const { bucket: said = bucket } = context.flags;
  if (said !== bucket) {
    throw new UsageError(`--bucket names ${said}, and ${place} another.`, "Name one of the two.");
  }
  return {
    ...context,
    flags: { ...context.flags, bucket },
    settings: (implied) => context.settings({ ...implied, bucket }),
  };
}
