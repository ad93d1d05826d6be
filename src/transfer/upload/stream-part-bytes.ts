import type { Capabilities } from "../../core/capabilities.ts";
import { mib, transferLimits } from "../../core/limits.ts";

/** The most that a buffer of Node 20 holds. */
const largestPartBytes = 4096 * mib;

/**
 * Doubled every so many parts, so that 10,000 of 8 MiB to 4 GiB hold 8 TiB; on a store that wants parts
 * of one size always the first's.
 */
export function streamPartBytes(
  partNumber: number,
  firstBytes: number,
  { equalParts }: Pick<Capabilities, "equalParts">,
): number {
  if (equalParts === "yes") return firstBytes;
  const step = Math.floor((partNumber - 1) / transferLimits.streamPartsPerStep);
  return Math.min(firstBytes * 2 ** step, largestPartBytes);
}
