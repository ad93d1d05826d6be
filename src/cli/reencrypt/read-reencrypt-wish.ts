import type { S3Uri } from "../../core/object-key.ts";
import { reencryptLimits } from "../../core/reencrypt-limits.ts";
import { UsageError } from "../exit-codes.ts";
import { flagOption, type OptionValues, textOption } from "../option-values.ts";
import { ownerOption } from "../owner-option.ts";
import { parseSize } from "../parse-size.ts";

export interface ReencryptWish {
  readonly uri: S3Uri;
  readonly dryRun: boolean;
  readonly yes: boolean;
  /** Undefined: the caller's account. */
  readonly owner: string | undefined;
  /** Undefined: all objects. */
  readonly sample: number | undefined;
  readonly inventory: string | undefined;
  readonly versions: boolean;
  readonly rescan: boolean;
  readonly maxObjects: number;
  readonly maxBytes: number | undefined;
  readonly jobFolder: string | undefined;
}

/** Throws UsageError. */
export function readReencryptWish(uri: S3Uri, options: OptionValues): ReencryptWish {
  const to = textOption(options, "to");
  if (to !== "AES256") {
    throw new UsageError(
      `--to ${to} is not what this does.`,
      "It moves objects to SSE-S3, --to AES256. For a key of KMS: sms-storage cp --sse aws:kms.",
    );
  }
  const sample = countOption(options, "sample", "--sample");
  const inventory = textOption(options, "inventory");
  if (sample !== undefined && inventory !== undefined) {
    throw new UsageError("An inventory tells of all objects.", "Leave --sample out.");
  }
  const maxBytes = textOption(options, "maxBytes");
  return {
    uri,
    dryRun: flagOption(options, "dryRun") || flagOption(options, "plan"),
    yes: flagOption(options, "yes"),
    owner: ownerOption(options),
    sample,
    inventory,
    versions: flagOption(options, "versions"),
    rescan: flagOption(options, "rescan"),
    maxObjects: countOption(options, "maxObjects", "--max-objects") ?? reencryptLimits.objects,
    maxBytes: maxBytes === undefined ? undefined : parseSize(maxBytes, "--max-bytes"),
    jobFolder: textOption(options, "jobFolder"),
  };
}

function countOption(options: OptionValues, name: string, flag: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,11}$/.test(text)) return Number(text);
  throw new UsageError(`${flag} takes a whole number of 1 or more, not ${text}.`);
}
