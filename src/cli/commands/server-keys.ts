import { examples, type CommandDefinition } from "../command.ts";
import { formatTable, formatTime } from "../format.ts";
import { textOption } from "../option-values.ts";
import { addAccountOptions, withAccount } from "../with-account.ts";
import { addKeyOutput, tellKeys } from "../write-keys.ts";

export const serverKeysCommand: CommandDefinition = {
  name: "keys",
  define: (command) =>
    addKeyOutput(addAccountOptions(command))
      .summary("list the access keys of an account's users, or make one")
      .description(
        "Asks the server that runs on the data folder, by its IAM and with the keys that the folder " +
          "holds. Secrets are shown once, when a key is made.",
      )
      .option("--create <user>", "make a key for this user")
      .addHelpText(
        "after",
        examples(
          ["Who has keys", "sms-storage server keys"],
          ["Keys for this shell", 'eval "$(sms-storage server keys --create admin)"'],
        ),
      ),
  run: async (context, _args, options) => {
    const user = textOption(options, "create");
    await withAccount(context, options, async ({ calls, server }) => {
      if (user !== undefined) {
        const { accessKeyId, secretAccessKey } = await calls.createAccessKey(user);
        await tellKeys(context, options, { accessKeyId, secretAccessKey, server });
        return;
      }
      const rows: string[][] = [];
      for (const key of await calls.accessKeys()) {
        const { userName, accessKeyId, status, createdAt } = key;
        const made = createdAt === undefined ? "" : formatTime(createdAt);
        if (context.output.json) {
          await context.output.result({ type: "access-key", ...key }, undefined);
        } else rows.push([userName, accessKeyId, status, made]);
      }
      if (rows.length > 0) await context.output.result({ type: "access-keys" }, formatTable(rows));
      else if (!context.output.json) context.output.note("No user has a key.");
    });
  },
};
