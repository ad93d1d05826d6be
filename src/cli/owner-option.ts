import { isAccountId } from "../core/check-options.ts";
import { UsageError } from "./exit-codes.ts";
import { textOption, type OptionValues } from "./option-values.ts";

/** `--owner`: the account that a bucket must belong to. Throws UsageError for what is none. */
export function ownerOption(options: OptionValues): string | undefined {
  const owner = textOption(options, "owner");
  if (owner === undefined || isAccountId(owner) === undefined) return owner;
  throw new UsageError(
    `--owner ${owner} is no account of twelve digits.`,
    "sms-storage whoami shows yours.",
  );
}
