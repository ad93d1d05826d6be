import type { BucketSettings } from "../../engine/engine.ts";

/** The settings with one of them never set. */
export function withoutSetting(
  settings: BucketSettings,
  name: keyof BucketSettings,
): BucketSettings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name));
}
