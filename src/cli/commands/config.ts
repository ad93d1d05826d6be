import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatTable, printable } from "../format.ts";

const explainCommand: CommandDefinition = {
  name: "explain",
  define: (command) =>
    command
      .summary("show each setting, its value and where it came from")
      .description(
        "Shows each setting with its value and its source: flag, environment, .env line or default. " +
          "Secrets are masked. Wrong values are listed with what to do, and end with exit code 2.",
      )
      .addHelpText("after", examples(["Why this bucket?", "sms-storage config explain"])),
  run: async (context) => {
    const { explainSettings } = await import("../../settings/explain-settings.ts");
    const { inspectSettings } = await import("../../settings/get-settings.ts");
    const { describeSource } = await import("../../settings/settings.ts");
    const { settings, problems } = inspectSettings({
      flags: context.flags,
      environment: context.runtime.environment,
      cwd: context.runtime.cwd,
      ...(context.envFile !== undefined && { envFile: context.envFile }),
    });
    const rows = explainSettings(settings);
    const table = formatTable(
      rows.map(({ name, value, source }) => [
        name,
        printable(value ?? "-"),
        source === undefined ? "" : printable(describeSource(source)),
      ]),
    );
    await context.output.result(
      { type: "settings", settings: rows, warnings: settings.warnings },
      table,
    );
    for (const { message } of settings.warnings) context.output.warn(message);
    for (const problem of problems) context.output.error(problem);
    return problems.length > 0 ? exitCodes.usage : exitCodes.ok;
  },
};

const envCommand: CommandDefinition = {
  name: "env",
  define: (command) =>
    command
      .summary("print the settings for a shell or for other tools")
      .description(
        "Prints shell lines that give other tools (aws, boto3, rclone, s5cmd) the same endpoint, " +
          "region and keys. With keys in .env the output holds secrets: use it inside eval.",
      )
      .addHelpText(
        "after",
        examples(["Use the AWS CLI in this shell", 'eval "$(sms-storage config env)"']),
      ),
  run: async (context) => {
    const settings = await context.settings();
    const { toolEnvironment, formatExports } = await import("../tool-environment.ts");
    const variables = toolEnvironment(settings);
    await context.output.result({ type: "environment", variables }, formatExports(variables));
  },
};

export const configCommand: CommandDefinition = {
  name: "config",
  define: (command) =>
    command
      .summary("explain the settings, or print them for other tools")
      .description("Explains the settings, or prints them for other tools."),
  run: async () => exitCodes.usage,
  subcommands: [explainCommand, envCommand],
};
