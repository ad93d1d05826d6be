import type { Command } from "commander";
import { documentSettings } from "../../core/document-settings.ts";
import type { Settings } from "../../settings/settings.ts";
import { storeSettings } from "../../settings/store-settings.ts";
import type {
  AccessPreset,
  DesiredState,
  DesiredStateInput,
  LifecycleWish,
  PolicyWish,
} from "../../setup/desired-state.ts";
import { requireBucket } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import type { NamedDesiredFile } from "./read-desired-file.ts";

/** Looked for in the folder in which a command is called. */
export const desiredFileName = "sms-storage.yaml";

const presets = ["least", "read-write", "admin", "none"] as const satisfies readonly (
  | AccessPreset
  | "none"
)[];
const guards = ["account", "principals", "none"] as const;
const forms = ["role-arn", "stable", "session"] as const;

type StandingName = (typeof documentSettings)[keyof typeof documentSettings];
type Standings = { [Name in StandingName]?: "unmanaged" | "reset" };

/** What is not said stays as the bucket has it. */
const kept = "default: as it is set up, else ";

/** Place and options of `plan`, `setup`, `verify`, `drift` and `export`; `calledAt` reads the place. */
export function addDesiredOptions(command: Command): Command {
  const names = Object.keys(documentSettings).join(", ");
  return command
    .argument("[bucket]", "s3://BUCKET; default: the configured bucket")
    .option("--file <path>", `what the bucket shall be, as a file; default: ${desiredFileName}`)
    .option(
      "--principal <arn...>",
      `who gets access: roles, users, sessions, caller; ${kept}caller`,
    )
    .option("--access <preset>", `what they may do: ${presets.join(", ")}; ${kept}read-write`)
    .option("--principal-form <form>", `how roles are named: ${forms.join(", ")}`)
    .option("--stable", "as --principal-form stable: a role may be re-created")
    .option("--tls-only", `refuse plain HTTP; ${kept}so, but not over plain HTTP`)
    .option("--no-tls-only", "do not refuse plain HTTP")
    .option("--min-tls <version>", "refuse older TLS: 1.2 or 1.3")
    .option("--guard <whom>", `refuse everybody but these: ${guards.join(", ")}`)
    .option("--owner <account>", "the account the bucket must belong to; default: the caller's")
    .option("--versioning <status>", "Enabled or Suspended; default Enabled")
    .option("--test-prefix <prefix>", `where files are purged; ${kept}test/`)
    .option("--test-days <days>", `after how many days; ${kept}7`)
    .option("--noncurrent-days <days>", `days that old versions are kept; ${kept}30`)
    .option("--abort-upload-days <days>", `days until an abandoned upload goes; ${kept}7`)
    .option("--unmanaged <setting...>", `never touch these: ${names}`)
    .option("--reset <setting...>", "put these back to what S3 has without a set-up")
    .option("--no-env", "leave .env out of it");
}

/**
 * Flags over the file over the defaults. Throws for what cannot be meant, before anything is asked of
 * a store.
 */
export async function readDesiredState(
  context: Settings,
  options: OptionValues,
  found?: NamedDesiredFile,
): Promise<DesiredState> {
  const { createDesiredState } = await import("../../setup/desired-state.ts");
  const store = storeSettings(context);
  const filed = found === undefined ? undefined : await inputOf(found, store.region);
  const policy = given<PolicyWish>(readPolicyWish(options));
  const lifecycle = given<LifecycleWish>(readLifecycleWish(options));
  const owner = textOption(options, "owner");
  const versioning = readWord(options, "versioning", ["Enabled", "Suspended"]);
  return createDesiredState({
    ...filed,
    bucket: requireBucket(context),
    region: store.region,
    endpointUrl: store.endpointUrl,
    backend: context.storageBackend,
    policy: overlaid(filed?.policy, policy),
    lifecycle: overlaid(filed?.lifecycle, lifecycle),
    ...(owner !== undefined && { ownerAccountId: owner }),
    ...(versioning !== undefined && { versioning }),
    ...readStandings(options),
    ...(options["env"] === false && { envFile: "unmanaged" as const }),
  });
}

async function inputOf(found: NamedDesiredFile, region: string): Promise<DesiredStateInput> {
  const { desiredInputOf } = await import("../../setup/desired-file.ts");
  return desiredInputOf(found.wish, region);
}

/** Flags beat a file that leaves the setting alone or resets it: they speak of it. */
function overlaid<T extends object>(
  filed: T | "unmanaged" | "reset" | undefined,
  flags: Partial<T>,
): T | "unmanaged" | "reset" {
  if (typeof filed === "string" && Object.keys(flags).length === 0) return filed;
  return { ...(typeof filed === "object" && filed), ...flags } as T;
}

/** Without what was not given, which must not hide what a file says. */
function given<T extends object>(wish: T): Partial<T> {
  const entries = Object.entries(wish).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

function readStandings(options: OptionValues): Standings {
  const standings: Standings = {};
  for (const standing of ["unmanaged", "reset"] as const) {
    const named = options[standing];
    for (const name of Array.isArray(named) ? named.map(String) : []) {
      const found = Object.entries(documentSettings).find(([each]) => each === name)?.[1];
      if (found === undefined) {
        const known = Object.keys(documentSettings).join(", ");
        throw new UsageError(`--${standing} ${name} is not one of ${known}.`);
      }
      if (standings[found] !== undefined) {
        throw new UsageError(`${name} cannot be both left alone and reset.`);
      }
      standings[found] = standing;
    }
  }
  return standings;
}

function readPolicyWish(options: OptionValues): PolicyWish {
  const { tlsOnly } = options;
  const form = readWord(options, "principalForm", forms);
  return {
    access: readWord(options, "access", presets),
    principals: readPrincipals(options["principal"]),
    form: flagOption(options, "stable") ? "stable" : form,
    tlsOnly: typeof tlsOnly === "boolean" ? tlsOnly : undefined,
    minTls: readWord(options, "minTls", ["1.2", "1.3"]),
    guard: readWord(options, "guard", guards),
  };
}

function readLifecycleWish(options: OptionValues): LifecycleWish {
  return {
    testPrefix: textOption(options, "testPrefix"),
    testDays: readDays(options, "testDays"),
    noncurrentDays: readDays(options, "noncurrentDays"),
    abortUploadDays: readDays(options, "abortUploadDays"),
  };
}

function readWord<const W extends string>(
  options: OptionValues,
  name: string,
  words: readonly W[],
): W | undefined {
  const text = textOption(options, name);
  const word = words.find((each) => each === text);
  if (text === undefined || word !== undefined) return word;
  throw new UsageError(`${flagOf(name)} ${text} is not one of ${words.join(", ")}.`);
}

function readPrincipals(listed: unknown): PolicyWish["principals"] {
  if (!Array.isArray(listed)) return undefined;
  const names = listed.map(String);
  if (!names.includes("caller")) return names;
  if (names.length === 1) return "caller";
  throw new UsageError("--principal caller stands alone.", "Give the caller's ARN in its place.");
}

function readDays(options: OptionValues, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`${flagOf(name)} ${text} is not a whole number of days.`);
}

/** `testDays` -> `--test-days`. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
