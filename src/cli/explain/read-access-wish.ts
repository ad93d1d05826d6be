import { readFile } from "node:fs/promises";
import type { AccessWish } from "../../checks/explain/gather-access.ts";
import { askedAction } from "../../entries/asked-action.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import type { Settings } from "../../settings/settings.ts";
import { UsageError } from "../exit-codes.ts";
import { remoteLocation } from "../locations.ts";
import { textOption, type OptionValues } from "../option-values.ts";

/** Throws UsageError for what cannot be meant. */
export async function readAccessWish(
  place: string | undefined,
  options: OptionValues,
  settings: Settings,
): Promise<AccessWish> {
  const named = textOption(options, "action");
  if (named === undefined) {
    throw new UsageError(
      "No action is named.",
      "Add --action s3:GetObject, s3:PutObject, ... or --denied with a message of AccessDenied.",
    );
  }
  const { bucket, key } = remoteLocation(place, settings);
  const { action, level } = askedAction(named);
  if (level === "object" && key === "") {
    throw new UsageError(
      `${action} is an action on objects, and s3://${bucket} names none.`,
      `Name an object, which need not exist: s3://${bucket}/KEY`,
    );
  }
  const sessionPolicy = textOption(options, "sessionPolicy");
  return {
    bucket,
    key: level === "bucket" ? "" : key,
    action,
    as: textOption(options, "as"),
    context: readContext(options["context"]),
    sessionPolicy: sessionPolicy === undefined ? undefined : await readSessionPolicy(sessionPolicy),
  };
}

function readContext(value: unknown): ReadonlyMap<string, string> {
  const list = Array.isArray(value) ? value.map(String) : [];
  return new Map(
    list.map((text) => {
      const [, key = "", given = ""] = /^([\w-]+:[^=]+)=(.*)$/s.exec(text) ?? [];
      if (key === "") {
        throw new UsageError(
          `--context ${text} is no condition key with its value.`,
          "Write it as --context aws:SourceIp=203.0.113.7",
        );
      }
      return [key.toLowerCase(), given] as const;
    }),
  );
}

async function readSessionPolicy(path: string): Promise<string> {
  let text: string;
  try {
    text = (await readFile(path, "utf8")).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--session-policy ${path} cannot be read (${code}).`);
  }
  try {
    parsePolicyOf(attachedPolicyKind("identity"), text);
    return text;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new UsageError(`--session-policy ${path} is refused by IAM: ${error.message}`);
  }
}
