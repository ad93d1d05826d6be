import { parseS3Uri } from "../../core/object-key.ts";
import { UsageError } from "../exit-codes.ts";
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

/** Throws UsageError for what cannot be meant. */
export function readDoctorWish(place: string | undefined, options: OptionValues): DoctorWish {
  const prefix = textOption(options, "prefix") ?? "test/";
  return {
    bucket: readBucket(place),
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

function readBucket(place: string | undefined): string | undefined {
  if (place === undefined) return undefined;
  if (!place.startsWith("s3://")) {
    throw new UsageError(`${place} is no bucket.`, "Write s3://BUCKET, or leave it out.");
  }
  const parsed = parseS3Uri(place.endsWith("/") ? place : `${place}/`);
  if (parsed === undefined) throw new UsageError(`${place} is no bucket.`, "Write s3://BUCKET.");
  return parsed.bucket;
}
