import { Command, CommanderError, Option } from "commander";
import { isStorageError, StorageError } from "../core/errors.ts";
import type { SettingFlags } from "../settings/find-values.ts";
import type { CommandDefinition } from "./command.ts";
import { commands } from "./command-list.ts";
import type { CommandContext, Runtime } from "./context.ts";
import { exitCodeFor, exitCodeMeanings, exitCodes } from "./exit-codes.ts";
import { Output } from "./output.ts";
import { packageVersion } from "./package-version.ts";

interface GlobalOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color: boolean;
  readonly dotenv?: string;
  readonly backend?: string;
  readonly bucket?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly profile?: string;
  readonly caFile?: string;
  readonly retrySeconds?: string;
}

/** Runs one command line; never throws and never exits. The answer is the exit code. */
export async function runCommandLine(args: readonly string[], runtime: Runtime): Promise<number> {
  const run: Run = { code: exitCodes.ok, readsOnly: false };
  const program = createProgram(await packageVersion(), runtime, run);
  try {
    await program.parseAsync([...args], { from: "user" });
    return run.code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    }
    // Nothing is undone when a listing or an object has been read as far as was wanted.
    if (runtime.isOutputClosed()) return run.readsOnly ? exitCodes.ok : exitCodes.outputClosed;
    return report(error, args, runtime);
  }
}

/** What is known of the command that runs. */
interface Run {
  code: number;
  readsOnly: boolean;
}

/** Reports an error that was not reported with the command's own options. */
function report(thrown: unknown, args: readonly string[], runtime: Runtime): number {
  const json = args.includes("--json");
  const error = runtime.signal.aborted ? stopped(thrown) : thrown;
  createOutput({ json, color: !args.includes("--no-color") }, runtime).error(error);
  if (runtime.environment["SMS_STORAGE_DEBUG"] !== undefined && error instanceof Error) {
    runtime.stderr.write(`${error.stack}\n`);
  }
  return exitCodeFor(error);
}

/** After Ctrl-C it does not matter which call was the one to notice. */
function stopped(error: unknown): StorageError {
  const usual = "Run it again. What was finished stays, what was half-done is gone.";
  const remedy = (isStorageError(error) ? error.remedy : undefined) ?? usual;
  return new StorageError("Aborted", "Stopped before it was done.", { remedy, cause: error });
}

function createProgram(version: string, runtime: Runtime, run: Run): Command {
  const program = new Command("sms-storage")
    .description(
      "Keeps simulation outputs in S3: bucket set-up, file commands, an embedded S3 server",
    )
    .version(version)
    .configureOutput({
      writeOut: (text) => void runtime.stdout.write(text),
      writeErr: (text) => void runtime.stderr.write(text),
      getOutHelpWidth: () => runtime.stdout.columns ?? 80,
      getErrHelpWidth: () => runtime.stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .showHelpAfterError("(sms-storage --help lists the commands)")
    .addHelpText("after", helpFooter());
  for (const definition of commands) addCommand(program, definition, runtime, run);
  return program;
}

function addCommand(
  parent: Command,
  definition: CommandDefinition,
  runtime: Runtime,
  run: Run,
): void {
  const command = parent.command(definition.name);
  definition.define(command);
  if (definition.subcommands !== undefined) {
    // Not given the global options: it would take them for itself, and its subcommands would not
    // see them.
    for (const child of definition.subcommands) addCommand(command, child, runtime, run);
    return;
  }
  addGlobalOptions(command);
  command.action(async () => {
    const options = command.opts<GlobalOptions & Record<string, unknown>>();
    const context = createContext(options, runtime);
    run.readsOnly = definition.readsOnly?.(command.args) ?? false;
    const code = await definition.run(context, command.args, options);
    context.output.clearProgress();
    run.code = code ?? exitCodes.ok;
  });
}

/** The same on every command, so that they can stand anywhere behind its name. */
function addGlobalOptions(command: Command): void {
  const group = (flags: string, description: string) =>
    command.addOption(new Option(flags, description).helpGroup("Everywhere:"));
  group("--bucket <name>", "bucket (STORAGE_S3_BUCKET)");
  group("--region <region>", "region (STORAGE_S3_REGION)");
  group("--endpoint-url <url>", "a store other than AWS (STORAGE_S3_ENDPOINT_URL)");
  group("--profile <name>", "AWS profile, also for SSO (AWS_PROFILE)");
  group("--backend <name>", "s3 or qumulo (STORAGE_BACKEND)");
  group("--ca-file <file>", "PEM file of further certificate authorities");
  group("--retry-seconds <count>", "how long to try again; default 20 (STORAGE_RETRY_SECONDS)");
  // Not --env-file: Node 20 takes that for itself, wherever it stands in the command line.
  group("--dotenv <file>", "settings file; default: the nearest .env");
  group("--json", "one JSON object a line instead of text");
  group("--quiet", "no notes and no progress");
  group("--no-color", "no colours (NO_COLOR does the same)");
  // In the group of the global options: by itself, --help would be listed after them on commands
  // that have no options of their own.
  command.addHelpOption(
    new Option("-h, --help", "display help for command").helpGroup("Everywhere:"),
  );
}

function createContext(options: GlobalOptions, runtime: Runtime): CommandContext {
  const output = createOutput(options, runtime);
  const flags = settingFlags(options);
  let settings: ReturnType<CommandContext["settings"]> | undefined;
  return {
    runtime,
    output,
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
  };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function createOutput(options: Partial<GlobalOptions>, runtime: Runtime): Output {
  return new Output({
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    color: options.color === false ? "never" : "auto",
    stdout: runtime.stdout,
    stderr: runtime.stderr,
  });
}

function helpFooter(): string {
  const codes = exitCodeMeanings.map(
    ([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`,
  );
  return `
Places are s3://BUCKET/KEY; where no local file is possible, a bare KEY means the configured bucket.
Settings come from flags, the environment, the nearest .env and ~/.aws, in that order;
\`sms-storage config explain\` shows each with its source.
Nothing is sent anywhere but to the store and, for credentials and accounts, to AWS.

Exit codes:
${codes.join("\n")}
`;
}
