import { shellWord } from "../../core/shell-word.ts";
import { driftCall } from "../../setup/drift/find-drift.ts";
import type { CommandContext } from "../context.ts";
import { textOption, type OptionValues } from "../option-values.ts";
import { saidWords } from "./said-words.ts";

/** `drift` as it would be called of the same store, wish and baseline. */
export function driftCallOf(
  { output, flags, envFile }: CommandContext,
  options: OptionValues,
): string {
  const baseline = textOption(options, "baseline");
  return [
    output.inOwnWords(driftCall),
    ...saidWords({ flags, options, envFile }),
    ...(baseline === undefined ? [] : ["--baseline", shellWord(baseline)]),
  ].join(" ");
}
