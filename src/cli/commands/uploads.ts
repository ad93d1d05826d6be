import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { uploadsAbortCommand } from "./uploads-abort.ts";
import { uploadsLsCommand } from "./uploads-ls.ts";

export const uploadsCommand: CommandDefinition = {
  name: "uploads",
  define: (command) =>
    command
      .summary("list or abort unfinished uploads")
      .description(
        "Lists or aborts multipart uploads that were begun and neither completed nor aborted. Their " +
          "parts are paid for, and no listing of objects shows them.",
      ),
  run: async () => exitCodes.usage,
  subcommands: [uploadsLsCommand, uploadsAbortCommand],
};
