import type { PlanOptions } from "../../setup/plan.ts";
import type { CommandContext } from "../context.ts";
import type { OptionValues } from "../option-values.ts";
import { readBaselineIfAny } from "./read-baseline.ts";

/** What the baseline of a bucket has, so that a plan names what is gone of it. Throws as `readBaselineIfAny`. */
export async function rememberedFor(
  context: CommandContext,
  options: OptionValues,
  bucket: string,
): Promise<Pick<PlanOptions, "remembered">> {
  const baseline = await readBaselineIfAny(context, options, bucket);
  if (baseline === undefined) return {};
  const { driftCallOf } = await import("./drift-call.ts");
  const { recordedOwn } = await import("../../setup/drift/recorded-own.ts");
  return { remembered: { own: recordedOwn(baseline), call: driftCallOf(context, options) } };
}
