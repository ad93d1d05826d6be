import { Command } from "commander";
import type { Settings } from "../../settings/settings.ts";
import { describeProgram } from "../describe-program.ts";
import type { Runtime } from "../context.ts";
import { buckets, places, profiles, withinTime } from "./live-values.ts";
import { wantedAt, type Candidate, type Wanted } from "./wanted-at.ts";

/** What can stand at the cursor; `files`: the shell knows best. */
export type Completion = readonly Candidate[] | "files";

/**
 * Completes a command line, the last word of which may be empty. What has to be looked up in files or
 * in the store is, within `clientLimits.completionLookMs`; nothing is ever asked or said. Rejects with
 * whatever goes wrong.
 */
export async function completeLine(
  words: readonly string[],
  runtime: Runtime,
): Promise<Completion> {
  const program = describeProgram(new Command("sms-storage"));
  const wanted = wantedAt(program, words);
  const { value } = wanted;
  if (value === undefined) return wanted.candidates;
  const { kind } = value.kind;
  if (kind === "file") return "files";
  if (kind === "anywhere" && !mayBeRemote(value.text)) return "files";
  const found = await withinTime((signal) => lookUp(program, wanted, runtime, signal));
  return found.map((one) => ({ ...one, value: value.lead + one.value }));
}

/** A local file is meant unless it looks like an address. */
function mayBeRemote(text: string): boolean {
  return text.startsWith("s3:") || (text !== "" && "s3://".startsWith(text));
}

async function lookUp(
  program: Command,
  { value, given }: Wanted,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<Candidate[]> {
  if (value === undefined) return [];
  const { kind, text } = value;
  switch (kind.kind) {
    case "words":
      return startingWith(kind.words, text);
    case "command":
      return startingWith(
        program
          .createHelp()
          .visibleCommands(program)
          .map((command) => command.name()),
        text,
      );
    case "profile":
      return profiles(text, runtime.environment);
    case "bucket":
      return buckets(text, await settingsOf(given, runtime), signal);
    case "bucket-place": {
      const found = await places(text, await settingsOf(given, runtime), signal);
      return found.filter((one) => /^s3:\/\/(?:[^/]+\/)?$/.test(one.value));
    }
    case "anywhere":
      return (await places(text, await settingsOf(given, runtime), signal)).filter((one) =>
        one.value.startsWith("s3://"),
      );
    case "remote":
      return places(text, await settingsOf(given, runtime), signal);
    case "file":
    case "unknown":
      return [];
  }
}

function startingWith(words: readonly string[], text: string): Candidate[] {
  return words.filter((word) => word.startsWith(text)).map((value) => ({ value }));
}

/** The settings of the command that is being typed: its own flags count. */
async function settingsOf(given: Wanted["given"], runtime: Runtime): Promise<Settings> {
  const { getSettings } = await import("../../settings/get-settings.ts");
  const { dotenv, ...flags } = given;
  return getSettings({
    flags: { ...settingFlagsOf(flags), "retry-seconds": "0" },
    environment: runtime.environment,
    cwd: runtime.cwd,
    ...(dotenv !== undefined && { envFile: dotenv }),
  });
}

const settingFlags: ReadonlySet<string> = new Set([
  "backend",
  "bucket",
  "region",
  "endpoint-url",
  "profile",
  "ca-file",
]);

function settingFlagsOf(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => settingFlags.has(name)));
}
