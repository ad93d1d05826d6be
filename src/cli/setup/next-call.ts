import type { CommandContext } from "../context.ts";
import type { OptionValues } from "../option-values.ts";
import { saidWords } from "./said-words.ts";

/**
 * A call of this program that is to be made next, of the same store: with the flags that led to it.
 * `options`: with the wish that they say, where the command takes one. The place names the bucket.
 */
export function nextCall(
  call: string,
  { flags, envFile }: Pick<CommandContext, "flags" | "envFile">,
  options: OptionValues = {},
): string {
  const { bucket: _named, ...store } = flags;
  return [`sms-storage ${call}`, ...saidWords({ flags: store, options, envFile })].join(" ");
}
