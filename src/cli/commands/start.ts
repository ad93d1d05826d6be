import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { flagOption, type OptionValues } from "../option-values.ts";
import { addServerOptions, readServerOptions } from "../server-options.ts";
import type { Proof } from "../setup/prove-embedded.ts";
import { startEmbedded } from "../start-embedded.ts";
import { waitForStop } from "../wait-for-stop.ts";

const defaultBucket = "sms-api-storage";

export const startCommand: CommandDefinition = {
  name: "start",
  define: (command) =>
    addServerOptions(command)
      .summary("embedded server, bucket set up on it, round trip proven")
      .description(
        "Starts the embedded S3 server, sets a bucket up on it as `setup` does on AWS, proves it with a " +
          "round trip, writes the settings to .env and serves until Ctrl-C. Run again, it finds everything " +
          "in place. A .env that leads to another store is left alone. The set-up acts as the account's " +
          "SSO-like role, as a user of AWS would.",
      )
      .option("--no-env", "leave .env alone; the settings go beside the data")
      .option("--once", "stop after the proof instead of serving")
      .addHelpText(
        "after",
        examples(
          ["Everything on this machine", "sms-storage start"],
          ["A throw-away, to look at it", "sms-storage start --ephemeral --port 0"],
        ),
      ),
  run: async (context, _args, options) => {
    const { eventRecord, requestLine } = await import("../request-line.ts");
    const { output, runtime } = context;
    output.note("1. Starting the embedded S3 server");
    const embedded = await startEmbedded({
      ...readServerOptions(options, runtime.environment),
      region: context.flags.region ?? "us-east-1",
      logger: (event) => {
        if (event.kind === "failure") output.log(eventRecord(event), requestLine(event));
      },
    });
    try {
      const bucket = context.flags.bucket ?? defaultBucket;
      const serves = !flagOption(options, "once");
      const code = await proveAndServe(context, options, { embedded, bucket, serves });
      return code;
    } finally {
      await embedded.close();
      if (runtime.signal.aborted) output.note("Stopped.");
    }
  },
};

async function proveAndServe(
  context: CommandContext,
  options: OptionValues,
  proof: Omit<Proof, "envFile">,
): Promise<number> {
  const { proveEmbedded } = await import("../setup/prove-embedded.ts");
  const { output, runtime } = context;
  const envFile = options["env"] !== false && !flagOption(options, "ephemeral");
  const code = await proveEmbedded(context, { ...proof, envFile });
  if (code !== exitCodes.ok || !proof.serves) return code;
  output.note("\nServing. Ctrl-C stops it.");
  await waitForStop(runtime.signal);
  return exitCodes.ok;
}
