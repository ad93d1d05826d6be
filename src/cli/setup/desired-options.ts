import type { Command } from "commander";
import type { Settings } from "../../settings/settings.ts";
import { storeSettings } from "../../settings/store-settings.ts";
import type { AccessPreset, DesiredState, PolicyWish } from "../../setup/desired-state.ts";
import { requireBucket } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";

const presets: readonly (AccessPreset | "none")[] = ["least", "read-write", "admin", "none"];

/** What is not said stays as the bucket has it. */
const kept = "default: as it is set up, else ";

/** The options of `plan`, `setup` and `verify` that say what the bucket shall be. */
export function addDesiredOptions(command: Command): Command {
  return command
    .option(
      "--principal <arn...>",
      `who gets access: roles, users, sessions, caller; ${kept}caller`,
    )
    .option("--access <preset>", `what they may do: ${presets.join(", ")}; ${kept}read-write`)
    .option("--stable", "name the role by its pattern, so that it may be re-created")
    .option("--tls-only", `refuse plain HTTP; ${kept}so, but not over plain HTTP`)
    .option("--no-tls-only", "do not refuse plain HTTP")
    .option("--owner <account>", "the account the bucket must belong to; default: the caller's")
    .option("--test-prefix <prefix>", `where files are purged; ${kept}test/`)
    .option("--test-days <days>", `after how many days; ${kept}7`)
    .option("--noncurrent-days <days>", `days that old versions are kept; ${kept}30`)
    .option("--abort-upload-days <days>", `days until an abandoned upload goes; ${kept}7`)
    .option("--no-env", "leave .env out of it");
}

/** Throws for what cannot be meant, before anything is asked of a store. */
export async function readDesiredState(
  settings: Settings,
  options: OptionValues,
): Promise<DesiredState> {
  const { createDesiredState } = await import("../../setup/desired-state.ts");
  const store = storeSettings(settings);
  return createDesiredState({
    bucket: requireBucket(settings),
    region: store.region,
    endpointUrl: store.endpointUrl,
    ownerAccountId: textOption(options, "owner"),
    policy: readPolicyWish(options),
    backend: settings.storageBackend,
    lifecycle: {
      testPrefix: textOption(options, "testPrefix"),
      testDays: readDays(options, "testDays"),
      noncurrentDays: readDays(options, "noncurrentDays"),
      abortUploadDays: readDays(options, "abortUploadDays"),
    },
    ...(options["env"] === false && { envFile: "unmanaged" as const }),
  });
}

function readPolicyWish(options: OptionValues): PolicyWish {
  const text = textOption(options, "access");
  const access = presets.find((name) => name === text);
  if (text !== undefined && access === undefined) {
    throw new UsageError(`--access ${text} is not one of ${presets.join(", ")}.`);
  }
  const { tlsOnly } = options;
  return {
    access,
    principals: readPrincipals(options["principal"]),
    form: flagOption(options, "stable") ? "stable" : undefined,
    tlsOnly: typeof tlsOnly === "boolean" ? tlsOnly : undefined,
  };
}

function readPrincipals(given: unknown): PolicyWish["principals"] {
  if (!Array.isArray(given)) return undefined;
  const names = given.map(String);
  if (!names.includes("caller")) return names;
  if (names.length === 1) return "caller";
  throw new UsageError("--principal caller stands alone.", "Give the caller's ARN in its place.");
}

function readDays(options: OptionValues, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(`--${flag} ${text} is not a whole number of days.`);
}
