import type { AspectName } from "./aspect-name.ts";

/** Of declared drift, the same on every run. */
export function driftId(aspect: AspectName, item: string): string {
  return `declared:${aspect}:${item}`;
}
