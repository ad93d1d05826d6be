import { shellWord } from "../../core/shell-word.ts";
import type { SettingFlags } from "../../settings/find-values.ts";
import type { DesiredFile } from "../../setup/desired-file.ts";
import { desiredFileText } from "../../setup/desired-file-text.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";

/** What was answered, as `setup` takes it. */
export interface Answered {
  readonly flags: SettingFlags;
  readonly options: OptionValues;
  /** `--dotenv`. */
  readonly envFile: string | undefined;
}

/** The names of the options that say what a bucket shall be; `setup` has no others of its own. */
const wishOptions = [
  "file",
  "principal",
  "access",
  "principalForm",
  "stable",
  "tlsOnly",
  "minTls",
  "guard",
  "owner",
  "versioning",
  "testPrefix",
  "testDays",
  "noncurrentDays",
  "abortUploadDays",
  "unmanaged",
  "reset",
  "allowLockOut",
] as const;

/** The command line that does the same and asks nothing. */
export function twinCommand({ flags, options, envFile }: Answered): string {
  const words: string[] = [];
  for (const [name, value] of Object.entries(flags)) words.push(`--${name}`, value);
  if (envFile !== undefined) words.push("--dotenv", envFile);
  for (const name of wishOptions) words.push(...wordsOf(name, options[name]));
  if (options["env"] === false) words.push("--no-env");
  return `sms-storage setup ${[...words, "--yes"].map(shellWord).join(" ")}`;
}

function wordsOf(name: string, value: unknown): string[] {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (value === true) return [`--${flag}`];
  if (value === false) return [`--no-${flag}`];
  if (typeof value === "string") return [`--${flag}`, value];
  return Array.isArray(value) ? [`--${flag}`, ...value.map(String)] : [];
}

/** The same as a file. */
export function twinFile({ flags, options }: Answered, bucket: string): string {
  const principals = options["principal"];
  const tlsOnly = options["tlsOnly"];
  const form = flagOption(options, "stable") ? "stable" : textOption(options, "principalForm");
  return desiredFileText(
    compact({
      bucket,
      region: flags.region,
      owner: textOption(options, "owner"),
      endpointUrl: flags["endpoint-url"],
      backend: flags.backend,
      policy: compact({
        access: textOption(options, "access"),
        principals: Array.isArray(principals) ? principals.map(String) : undefined,
        form,
        tlsOnly: typeof tlsOnly === "boolean" ? tlsOnly : undefined,
        minTls: textOption(options, "minTls"),
        guard: textOption(options, "guard"),
      }),
      versioning: textOption(options, "versioning"),
      lifecycle: compact({
        testPrefix: textOption(options, "testPrefix"),
        testDays: daysOf(options, "testDays"),
        noncurrentDays: daysOf(options, "noncurrentDays"),
        abortUploadDays: daysOf(options, "abortUploadDays"),
      }),
      ...(options["env"] === false && { envFile: "unmanaged" as const }),
    }) as Partial<DesiredFile> & Pick<DesiredFile, "bucket">,
  );
}

function daysOf(options: OptionValues, name: string): number | undefined {
  const text = textOption(options, name);
  return text === undefined ? undefined : Number(text);
}

function compact(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
