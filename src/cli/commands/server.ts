import { mib } from "../../core/limits.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { EmbeddedServer } from "../../open/embedded-server.ts";
import { formatTable } from "../format.ts";
import { addServerOptions, readPort, readServerOptions } from "../server-options.ts";
import { startEmbedded } from "../start-embedded.ts";
import { waitForStop } from "../wait-for-stop.ts";
import { UsageError } from "../exit-codes.ts";
import { flagOption, type OptionValues, textOption } from "../option-values.ts";
import { serverKeysCommand } from "./server-keys.ts";
import { serverRolesCommand } from "./server-roles.ts";
import { serverSessionsCommand } from "./server-sessions.ts";

export const serverCommand: CommandDefinition = {
  name: "server",
  define: (command) =>
    addServerOptions(command)
      .summary("run the embedded S3 server")
      .description(
        "Serves S3 from a folder of this machine until Ctrl-C. What it has acknowledged is on disk. A " +
          "first start makes an account with random keys in identities.json; the keys are read from " +
          "there and never printed.",
      )
      .option("--log", "print one line a request on standard error, JSON with --json")
      .option(
        "--scrub <mebibytes>",
        "MiB a second that are read in the background to find damaged files; 0: none",
        "1",
      )
      .option(
        "--personality <store>",
        "play another store: qumulo, or a version of it as qumulo@7.1.2; default: aws",
      )
      .option(
        "--overwrite-refusal <code>",
        "how that store refuses to overwrite, CODE[:STATUS]; default: AccessDenied:403",
      )
      .option("--access-log <file>", "add a line to it for every request; opened anew on SIGHUP")
      .option("--access-log-format <format>", "s3: as S3's server access logs; json", "s3")
      .option("--admin-port <port>", "serve /livez, /readyz and /metrics there; 0: any free port")
      .option("--admin-host <address>", "the address of --admin-port", "127.0.0.1")
      .option("--trail-file <file>", "add every CloudTrail event to it, a line of JSON each")
      .option(
        "--faults <file>",
        "let go wrong what a JSON file says; docs/faults.md has the faults",
      )
      .option("--lifecycle-day <seconds>", "length of a day for lifecycle rules, to try them out")
      .addHelpText(
        "after",
        examples(
          ["With the data in the user's data folder", "sms-storage server"],
          ["For a test run", "sms-storage server --ephemeral --port 0"],
          ["With accounts and policies of one's own", "sms-storage server --world world.yaml"],
        ),
      ),
  run: async (context, _args, options) => {
    const { eventRecord, requestLine } = await import("../request-line.ts");
    const { output, runtime } = context;
    const log = flagOption(options, "log");
    const embedded = await startEmbedded({
      ...readServerOptions(options, runtime.environment),
      region: context.flags.region ?? "us-east-1",
      personality: textOption(options, "personality"),
      overwriteRefusal: textOption(options, "overwriteRefusal"),
      faultsFile: textOption(options, "faults"),
      ...readLifecycleDay(textOption(options, "lifecycleDay")),
      trailFile: textOption(options, "trailFile"),
      accessLog: readAccessLog(options),
      admin: readAdmin(options),
      scrubBytesPerSecond: readScrubRate(textOption(options, "scrub") ?? ""),
      logger: (event) => {
        if (log || "error" in event || told.has(event.kind)) {
          output.log(eventRecord(event), requestLine(event));
        }
      },
    });
    try {
      await renewOnHangUp(context, embedded, async () => {
        await tellWhere(context, embedded);
        await waitForStop(runtime.signal);
      });
    } finally {
      await embedded.close();
    }
    output.note("Stopped; everything acknowledged is on disk.");
  },
  runsAlone: true,
  subcommands: [serverKeysCommand, serverRolesCommand, serverSessionsCommand],
};

/** Printed without `--log`, too. */
const told: ReadonlySet<string> = new Set(["overload", "fault"]);

function readScrubRate(text: string): number {
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate <= 10_000) return rate * mib;
  throw new UsageError(`--scrub ${text} is not a rate.`, "Give MiB a second from 0 to 10000.");
}

async function tellWhere({ output }: CommandContext, embedded: EmbeddedServer): Promise<void> {
  const { server, directory, identitiesFile, worldFile, caFile } = embedded;
  const { endpoint, adminEndpoint } = server;
  const { pid } = process;
  const table = formatTable([
    ["endpoint", endpoint],
    ["data", directory],
    ["keys", identitiesFile],
    ...(worldFile === undefined ? [] : [["world", worldFile]]),
    ...(caFile === undefined ? [] : [["authority", caFile]]),
    ...(adminEndpoint === undefined ? [] : [["operators", adminEndpoint]]),
  ]);
  await output.result(
    {
      type: "listening",
      endpoint,
      directory,
      identitiesFile,
      worldFile,
      caFile,
      adminEndpoint,
      pid,
    },
    table,
  );
  output.note("Ready. Ctrl-C stops it.");
}

/** Renewed certificates and the world are read, and logs go on in new files, when the process is told so. */
async function renewOnHangUp(
  { output }: CommandContext,
  embedded: EmbeddedServer,
  serve: () => Promise<void>,
): Promise<void> {
  const renew = (): void => {
    embedded.server.reopenLogs();
    embedded.renewTls().catch((error: unknown) => output.error(error));
    embedded.renewIdentities().catch((error: unknown) => output.error(error));
    void embedded.renewWorld();
  };
  process.on("SIGHUP", renew);
  try {
    await serve();
  } finally {
    process.off("SIGHUP", renew);
  }
}

function readAccessLog(options: OptionValues) {
  const file = textOption(options, "accessLog");
  const format = textOption(options, "accessLogFormat") ?? "";
  if (format !== "s3" && format !== "json") {
    throw new UsageError(`--access-log-format ${format} is no format.`, "Give s3 or json.");
  }
  return file === undefined ? undefined : ({ file, format } as const);
}

function readAdmin(options: OptionValues) {
  const port = textOption(options, "adminPort");
  const host = textOption(options, "adminHost") ?? "";
  return port === undefined ? undefined : { port: readPort(port, "--admin-port"), host };
}

function readLifecycleDay(text: string | undefined) {
  if (text === undefined) return {};
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds >= 1 && seconds <= 86_400) {
    return { lifecycleDayMs: seconds * 1000 };
  }
  throw new UsageError(
    `--lifecycle-day ${text} is not a length of a day.`,
    "Give seconds from 1 to 86400.",
  );
}
