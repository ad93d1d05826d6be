import { once } from "node:events";
import { StorageError } from "../core/errors.ts";
import type { Settings } from "../settings/settings.ts";
import type { SettingFlags } from "../settings/find-values.ts";
import { ConfirmationRequired, UsageError } from "./exit-codes.ts";
import type { KeysClock } from "./keys-clock.ts";
import type { Output } from "./output.ts";

/** The process as a command sees it; tests put their own here. */
export interface Runtime {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Makes `--profile` this process's AWS_PROFILE. The SDK looks there alone for the endpoints that a
   * profile's `services` name for SSO, and would show AWS the token of another portal.
   */
  readonly useProfile?: (profile: string) => void;
  readonly cwd: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Does what Ctrl-C does, for a terminal that gives it as a key. */
  readonly interrupt?: () => void;
  /** Why stdout can no longer be written, which aborts the signal as well. EPIPE: its reader is gone. */
  readonly outputError: () => NodeJS.ErrnoException | undefined;
  /** The words that call this program again, for what is printed to be copied. */
  readonly ownCommand: string;
}

/** What every command gets. */
export interface CommandContext {
  readonly runtime: Runtime;
  readonly output: Output;
  /** `--debug`: requests, answers and the source of credentials are told. */
  readonly debug: boolean;
  /** How long the keys in use last; undefined: nobody asks. */
  readonly keys?: KeysClock;
  /** Settings given on the command line. */
  readonly flags: SettingFlags;
  /** `--dotenv`; default: the nearest `.env`. */
  readonly envFile: string | undefined;
  /**
   * Reads flags, environment and `.env`; prints their warnings. `implied`: flags that the command
   * itself sets, such as the region of a plan; those on the command line beat them. Throws
   * ConfigurationError.
   */
  settings(implied?: SettingFlags): Promise<Settings>;
}

/** The bucket of the settings, whichever backend is chosen. */
export function configuredBucket(settings: Settings): string | undefined {
  return settings.storageBackend === "qumulo"
    ? settings.storageQumuloBucket
    : settings.storageS3Bucket;
}

export function requireBucket(settings: Settings): string {
  const bucket = configuredBucket(settings);
  if (bucket !== undefined) return bucket;
  const variable =
    settings.storageBackend === "qumulo" ? "STORAGE_QUMULO_BUCKET" : "STORAGE_S3_BUCKET";
  throw new UsageError(
    "No bucket is set.",
    `Name one with --bucket or s3://BUCKET/..., or set ${variable} in .env.`,
  );
}

/** The detail of an error by which it is known that somebody broke off where nothing was begun. */
export const atQuestion = "atQuestion";

/**
 * Asks before a step that destroys or changes something. Without a terminal there is nobody to ask,
 * so it ends with exit code 9 and names the flag; silence is never consent.
 */
export async function confirm(
  context: CommandContext,
  question: string,
  flag: { readonly given: boolean; readonly name: string },
): Promise<boolean> {
  if (flag.given) return true;
  const answer = await ask(context, question, { flag: flag.name, hint: "[y/N]" });
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * As `confirm`, for what cannot be undone: the name of what it happens to has to be typed, or given
 * by the flag. Another name given is a UsageError.
 */
export async function confirmByName(
  context: CommandContext,
  question: string,
  {
    name,
    given,
    flag,
  }: { readonly name: string; readonly given: string | undefined; readonly flag: string },
): Promise<boolean> {
  if (given === name) return true;
  if (given !== undefined) {
    throw new UsageError(`${flag} names ${given}, not ${name}.`, `Write ${flag}=${name} for it.`);
  }
  const hint = "To go on, type its name:";
  return (await ask(context, question, { flag: `${flag}=${name}`, hint })).trim() === name;
}

async function ask(
  context: CommandContext,
  question: string,
  { flag, hint }: { readonly flag: string; readonly hint: string },
): Promise<string> {
  const { stdin, stderr, signal } = context.runtime;
  if (!stdin.isTTY || !stderr.isTTY || context.output.json) {
    throw new ConfirmationRequired(question, flag);
  }
  const { createInterface } = await import("node:readline/promises");
  const reader = createInterface({ input: stdin, output: stderr });
  reader.on("SIGINT", () => context.runtime.interrupt?.());
  try {
    // Ctrl-D closes the input and leaves the question open; that is no yes.
    const closed = once(reader, "close").then(() => "");
    return await Promise.race([reader.question(`${question} ${hint} `, { signal }), closed]);
  } catch (error) {
    throw new StorageError("Aborted", "Stopped at the question; nothing was changed.", {
      details: { [atQuestion]: "yes" },
      remedy: `Run it again; ${flag} answers it.`,
      cause: error,
    });
  } finally {
    reader.close();
  }
}
