import { downloadLimits } from "../../core/download-limits.ts";
import { transferLimits } from "../../core/limits.ts";

/**
 * Bytes of each range in which an object is fetched; a small one is fetched whole. Of a large one a
 * 32nd, between the bounds: a range costs a request.
 */
export function rangeSize(sizeBytes: number): number {
  const { ranges, rangeLeastBytes, rangeMostBytes } = downloadLimits;
  if (sizeBytes < transferLimits.rangesFromBytes) return Math.max(1, sizeBytes);
  const share = Math.floor(sizeBytes / ranges / rangeLeastBytes) * rangeLeastBytes;
  return Math.min(rangeMostBytes, Math.max(rangeLeastBytes, share));
}
