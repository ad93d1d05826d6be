import { shellWord } from "../../core/shell-word.ts";
import type { SettingFlags } from "../../settings/find-values.ts";
import type { OptionValues } from "../option-values.ts";

/** What was said on a command line, or answered in its place. */
export interface Said {
  readonly flags: SettingFlags;
  readonly options: OptionValues;
  /** `--dotenv`. */
  readonly envFile: string | undefined;
}

/** The names of the options that say what a bucket shall be. */
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

/** Store and wish as words of a shell, for a command that is to speak of the same. */
export function saidWords({ flags, options, envFile }: Said): string[] {
  const words: string[] = [];
  for (const [name, value] of Object.entries(flags)) words.push(`--${name}`, value);
  if (envFile !== undefined) words.push("--dotenv", envFile);
  for (const name of wishOptions) words.push(...wordsOf(name, options[name]));
  if (options["env"] === false) words.push("--no-env");
  return words.map(shellWord);
}

function wordsOf(name: string, value: unknown): string[] {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (value === true) return [`--${flag}`];
  if (value === false) return [`--no-${flag}`];
  if (typeof value === "string") return [`--${flag}`, value];
  return Array.isArray(value) ? [`--${flag}`, ...value.map(String)] : [];
}
