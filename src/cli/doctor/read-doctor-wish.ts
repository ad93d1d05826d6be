import { UsageError } from "../exit-codes.ts";
import { agreedBucket } from "../locations.ts";
import { flagOption, type OptionValues, textOption } from "../option-values.ts";

export interface DoctorWish {
  /** Undefined: the settings'. */
  readonly bucket: string | undefined;
  readonly fixes: boolean;
  readonly agrees: boolean;
  readonly bundle: string | undefined;
  readonly hidesAccounts: boolean;
  readonly expectedAccount: string | undefined;
  readonly owner: string | undefined;
  readonly prefix: string;
}

/** `said`: what `--bucket` names. Throws UsageError for what cannot be meant. */
export function readDoctorWish(
  place: string | undefined,
  options: OptionValues,
  said?: string,
): DoctorWish {
  const prefix = textOption(options, "prefix") ?? "test/";
  return {
    bucket: place === undefined ? undefined : agreedBucket(place, said),
    fixes: flagOption(options, "fix"),
    agrees: flagOption(options, "yes"),
    bundle: textOption(options, "bundle"),
    hidesAccounts: flagOption(options, "hideAccounts"),
    expectedAccount: accountOption(options, "expectAccount", "--expect-account"),
    owner: accountOption(options, "owner", "--owner"),
    prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`,
  };
}

function accountOption(options: OptionValues, name: string, flag: string): string | undefined {
  const account = textOption(options, name);
  if (account === undefined || /^\d{12}$/.test(account)) return account;
  throw new UsageError(`${flag} ${account} is no account of twelve digits.`);
}
