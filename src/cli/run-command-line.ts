import { Command, CommanderError } from "commander";
import { isStorageError, StorageError } from "../core/errors.ts";
import type { SettingFlags } from "../settings/find-values.ts";
import type { CommandDefinition } from "./command.ts";
import { commands } from "./command-list.ts";
import { atQuestion, type CommandContext, type Runtime } from "./context.ts";
import { describeProgram } from "./describe-program.ts";
import { exitCodeFor, exitCodes, UsageError } from "./exit-codes.ts";
import { printableLines } from "./format.ts";
import { flushed, OutputFailure } from "./output-failure.ts";
import { KeysClock } from "./keys-clock.ts";
import { Output } from "./output.ts";
import { packageVersion } from "./package-version.ts";

interface GlobalOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly progress?: "auto" | "plain" | "none";
  readonly color: boolean;
  readonly dotenv?: string;
  readonly backend?: string;
  readonly bucket?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly profile?: string;
  readonly caFile?: string;
  readonly retrySeconds?: string;
  readonly idleSeconds?: string;
}

/** Runs one command line; never throws and never exits. The answer is the exit code. */
export async function runCommandLine(args: readonly string[], runtime: Runtime): Promise<number> {
  const code = await attempt(args, runtime);
  await flushed(runtime.stdout);
  const failure = runtime.outputError();
  if (failure === undefined || failure.code === "EPIPE") return code;
  return report(new OutputFailure(failure), args, runtime);
}

async function attempt(args: readonly string[], runtime: Runtime): Promise<number> {
  const run: Run = { code: exitCodes.ok, readsOnly: false };
  const program = createProgram(packageVersion(), { args, runtime, run });
  try {
    await program.parseAsync(withoutHelpOnNothing(args), { from: "user" });
    return run.code;
  } catch (error) {
    if (error instanceof CommanderError) return usageCode(error, args, runtime);
    const failure = runtime.outputError();
    if (failure === undefined) return report(stoppedOr(error, runtime), args, runtime);
    // Nothing is undone when a listing or an object has been read as far as was wanted.
    return run.readsOnly ? exitCodes.ok : exitCodes.outputClosed;
  }
}

/** Help on a command that there is not would be the program's own, as if all were well. */
function withoutHelpOnNothing(args: readonly string[]): string[] {
  const [first = "", topic = ""] = args;
  const name = first === "help" ? topic : first;
  const isOne = ["", "help", ...commands.map((command) => command.name)].includes(name);
  return isOne || name.startsWith("-") ? [...args] : [name];
}

/** Of help, of the version, and of what the parser refused, which it has said in text already. */
function usageCode(error: CommanderError, args: readonly string[], runtime: Runtime): number {
  if (error.exitCode === 0) return exitCodes.ok;
  if (!wantsJson(args)) return exitCodes.usage;
  const isBare = error.code === "commander.help";
  const [first = "", ...hints] = error.message.replace(/^error: /, "").split("\n");
  const message = isBare ? "No command is given." : first;
  const hint = hints.join(" ").replace(/^\((.*)\)$/, "$1");
  const named = commands.find(({ name }) => args.includes(name));
  const usual =
    named === undefined
      ? "sms-storage --help lists the commands."
      : `sms-storage ${named.name} --help shows how it is used.`;
  return report(new UsageError(message, hint === "" ? usual : hint), args, runtime);
}

/** Wherever it stands, but not as an argument behind `--`. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).includes("--json");
}

/** What is known of the command that runs. */
interface Run {
  code: number;
  readsOnly: boolean;
}

/**
 * What nothing caught: a fault of ours, wherever it came up. Answers the exit code; the process is in
 * no state to go on.
 */
export function reportCrash(error: unknown, args: readonly string[], runtime: Runtime): number {
  if (runtime.stderr.isTTY) runtime.stderr.write("\r\u001b[2K");
  return report(error, args, runtime);
}

/** Reports an error that was not reported with the command's own options. */
function report(error: unknown, args: readonly string[], runtime: Runtime): number {
  const json = wantsJson(args);
  createOutput({ json, color: !args.includes("--no-color") }, runtime).error(error);
  if (runtime.environment["SMS_STORAGE_DEBUG"] !== undefined && error instanceof Error) {
    runtime.stderr.write(`${error.stack}\n`);
  }
  return exitCodeFor(error);
}

/** After Ctrl-C it does not matter which call was the one to notice. */
function stoppedOr(error: unknown, runtime: Runtime): unknown {
  if (!runtime.signal.aborted) return error;
  if (isStorageError(error, "Aborted") && error.details[atQuestion] !== undefined) return error;
  const usual = "Run it again. What was finished stays, what was half-done is gone.";
  const remedy = (isStorageError(error) ? error.remedy : undefined) ?? usual;
  return new StorageError("Aborted", "Stopped before it was done.", { remedy, cause: error });
}

interface Parsing {
  readonly args: readonly string[];
  readonly runtime: Runtime;
  readonly run: Run;
}

function createProgram(version: string, parsing: Parsing): Command {
  const { args, runtime } = parsing;
  const json = wantsJson(args);
  const program = new Command("sms-storage")
    .version(version)
    .configureOutput({
      writeOut: (text) => void runtime.stdout.write(text),
      // With --json, `usageCode` says it.
      // It says again what was given.
      outputError: (text, write) => write(printableLines(text)),
      writeErr: (text) => void (json || runtime.stderr.write(text)),
      getOutHelpWidth: () => runtime.stdout.columns ?? 80,
      getErrHelpWidth: () => runtime.stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  return describeProgram(program, {
    ownCommand: runtime.ownCommand,
    args,
    visit: (command, definition) => addAction(command, definition, parsing),
  });
}

function addAction(
  command: Command,
  definition: CommandDefinition,
  { runtime, run }: Parsing,
): void {
  command.action(async () => {
    const options = givenOptions(command);
    const context = createContext(options, runtime);
    run.readsOnly = definition.readsOnly?.(command.args) ?? false;
    const code = await definition.run(context, command.args, options);
    context.output.clearProgress();
    run.code = code ?? exitCodes.ok;
  });
}

/** Options before the command's name count as those behind it, which beat them. */
function givenOptions(command: Command): GlobalOptions & Record<string, unknown> {
  const options: GlobalOptions & Record<string, unknown> = command.opts();
  for (let above = command.parent; above !== null; above = above.parent) {
    for (const [name, value] of Object.entries(above.opts<Record<string, unknown>>())) {
      const isGiven = above.getOptionValueSource(name) === "cli";
      if (isGiven && command.getOptionValueSource(name) !== "cli") options[name] = value;
    }
  }
  return options;
}

function createContext(options: GlobalOptions, runtime: Runtime): CommandContext {
  const output = createOutput(options, runtime);
  const flags = settingFlags(options);
  let settings: ReturnType<CommandContext["settings"]> | undefined;
  return {
    runtime,
    output,
    debug: options.debug ?? false,
    keys: new KeysClock(output),
    flags,
    envFile: options.dotenv,
    settings: (implied = {}) =>
      (settings ??= loadSettings({
        flags: { ...implied, ...flags },
        envFile: options.dotenv,
        runtime,
        output,
      })),
  };
}

async function loadSettings(source: {
  flags: SettingFlags;
  envFile: string | undefined;
  runtime: Runtime;
  output: Output;
}) {
  const { getSettings } = await import("../settings/get-settings.ts");
  const { flags, envFile, runtime, output } = source;
  const settings = getSettings({
    flags,
    environment: runtime.environment,
    cwd: runtime.cwd,
    ...(envFile !== undefined && { envFile }),
  });
  for (const warning of settings.warnings) output.warn(warning.message);
  if (flags["profile"] !== undefined) runtime.useProfile?.(flags["profile"]);
  return settings;
}

function settingFlags(options: GlobalOptions): SettingFlags {
  const flags: Record<string, string | undefined> = {
    backend: options.backend,
    bucket: options.bucket,
    region: options.region,
    "endpoint-url": options.endpointUrl,
    profile: options.profile,
    "ca-file": options.caFile,
    "retry-seconds": options.retrySeconds,
    "idle-seconds": options.idleSeconds,
  };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function createOutput(options: Partial<GlobalOptions>, runtime: Runtime): Output {
  return new Output({
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    color: options.color === false ? "never" : "auto",
    progress: options.progress ?? "auto",
    ownCommand: runtime.ownCommand,
    stdout: runtime.stdout,
    stderr: runtime.stderr,
  });
}
