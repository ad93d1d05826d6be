import type { Command } from "commander";
import type { OpenAccountOptions, OpenedAccount } from "../open/open-account.ts";
import { defaultDataFolder } from "../open/data-folder.ts";
import type { CommandContext } from "./context.ts";
import { textOption, type OptionValues } from "./option-values.ts";

/** The options of commands that ask the server of a data folder. */
export function addAccountOptions(command: Command): Command {
  return command
    .option("--account <id>", "of a world's accounts; default: the one of the first start")
    .option("--data-dir <folder>", "of the server that runs; default: the user's data folder");
}

/** Does something with an account of the running server, by its API. */
export async function withAccount<T>(
  { runtime }: CommandContext,
  options: OptionValues & Pick<OpenAccountOptions, "purpose" | "userName">,
  use: (account: OpenedAccount) => Promise<T>,
): Promise<T> {
  const { openAccount } = await import("../open/open-account.ts");
  const account = await openAccount({
    directory: textOption(options, "dataDir") ?? defaultDataFolder(runtime.environment),
    accountId: textOption(options, "account"),
    ...(options.purpose !== undefined && { purpose: options.purpose }),
    ...(options.userName !== undefined && { userName: options.userName }),
  });
  try {
    return await use(account);
  } finally {
    account.calls.close();
  }
}
