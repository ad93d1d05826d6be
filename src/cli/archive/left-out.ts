import { transferLimits } from "../../core/limits.ts";
import { printable } from "../format.ts";
import type { Output } from "../output.ts";

/** Tells people what was left out; records have it already. */
export function tellLeftOut(
  output: Output,
  leftOut: readonly { readonly name: string; readonly reason: string }[],
  more = 0,
): void {
  if (output.json) return;
  for (const { name, reason } of leftOut.slice(0, transferLimits.heldReports)) {
    output.warn(`left out ${printable(name)}: ${reason}`);
  }
  const rest = more + Math.max(0, leftOut.length - transferLimits.heldReports);
  if (rest > 0) output.warn(`left out ${rest} more`);
}
