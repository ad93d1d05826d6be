import { Option, type Command } from "commander";
import type { CommandDefinition } from "./command.ts";
import { commands } from "./command-list.ts";
import { exitCodeMeanings } from "./exit-codes.ts";

interface Describing {
  /** The words that call this program again. */
  readonly ownCommand: string;
  /** Called for each command that can be run. */
  readonly visit: (command: Command, definition: CommandDefinition) => void;
  /** The command line that is to be parsed. Default: any. */
  readonly args?: readonly string[];
}

const forReading: Describing = { ownCommand: "sms-storage", visit: () => undefined };

/**
 * Gives a program its options, its help and all its commands: what is parsed, what `--help` shows and
 * what completion and manual pages are made of.
 */
export function describeProgram(program: Command, describing: Describing = forReading): Command {
  program
    .description(
      "Keeps simulation outputs in S3: bucket set-up, file commands, an embedded S3 server",
    )
    .showHelpAfterError(`(${describing.ownCommand} --help lists the commands)`)
    .addHelpText("after", helpFooter())
    .enablePositionalOptions();
  addGlobalOptions(program);
  for (const definition of neededFor(describing.args)) addCommand(program, definition, describing);
  return program;
}

/** To define them all takes a third of a short command's time. */
function neededFor([first, ...others]: readonly string[] = []): readonly CommandDefinition[] {
  if (first === "--version" && others.length === 0) return [];
  const meant = commands.find(({ name }) => name === first);
  return meant === undefined ? commands : [meant];
}

function addCommand(parent: Command, definition: CommandDefinition, describing: Describing): void {
  const command = parent.command(definition.name, { hidden: definition.hidden === true });
  definition.define(command);
  command.showHelpAfterError(`(${helpHint(command, describing.ownCommand)})`);
  addGlobalOptions(command);
  const { subcommands, runsAlone = subcommands === undefined } = definition;
  if (runsAlone) describing.visit(command, definition);
  if (subcommands === undefined) return;
  command.enablePositionalOptions();
  for (const child of subcommands) addCommand(command, child, describing);
}

/** Where a mistake of usage is explained: the help of the command that it was made in. */
function helpHint(command: Command, ownCommand: string): string {
  return `${[ownCommand, ...namesOf(command).slice(1)].join(" ")} --help shows how it is used`;
}

/** Of a command and all above it, the program's first. */
export function namesOf(command: Command): string[] {
  const names: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name());
  return names;
}

/** The group of the options that every command has. */
export const globalOptionsGroup = "Everywhere:";

/** The same on every command and on the program, so that they can stand anywhere. */
function addGlobalOptions(command: Command): void {
  const group = (flags: string, description: string) =>
    command.addOption(new Option(flags, description).helpGroup(globalOptionsGroup));
  group("--bucket <name>", "bucket (STORAGE_S3_BUCKET)");
  group("--region <region>", "region (STORAGE_S3_REGION)");
  group("--endpoint-url <url>", "a store other than AWS (STORAGE_S3_ENDPOINT_URL)");
  group("--profile <name>", "AWS profile, also for SSO (AWS_PROFILE)");
  group("--backend <name>", "s3 or qumulo (STORAGE_BACKEND)");
  group("--ca-file <file>", "PEM file of further certificate authorities");
  group("--retry-seconds <count>", "how long to try again; default 20 (STORAGE_RETRY_SECONDS)");
  group(
    "--idle-seconds <count>",
    "silence that ends a connection; default 60 (STORAGE_IDLE_SECONDS)",
  );
  // Not --env-file: Node 20 takes that for itself, wherever it stands in the command line.
  group("--dotenv <file>", "settings file; default: the nearest .env");
  group("--json", "one JSON object a line instead of text");
  group("--quiet", "no notes and no progress");
  command.addOption(
    new Option("--progress <how>", "auto, plain (a line in ten seconds) or none")
      .choices(["auto", "plain", "none"])
      .helpGroup("Everywhere:"),
  );
  group("--debug", "tell of requests, answers, retries and where credentials come from");
  group("--no-color", "no colours (NO_COLOR does the same)");
  // In the group of the global options: by itself, --help would be listed after them on commands
  // that have no options of their own.
  command.addHelpOption(
    new Option("-h, --help", "display help for command").helpGroup(globalOptionsGroup),
  );
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
