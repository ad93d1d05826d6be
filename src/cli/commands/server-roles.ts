import { examples, type CommandDefinition } from "../command.ts";
import { formatTable } from "../format.ts";
import { addAccountOptions, withAccount } from "../with-account.ts";

export const serverRolesCommand: CommandDefinition = {
  name: "roles",
  readsOnly: () => true,
  define: (command) =>
    addAccountOptions(command)
      .summary("list an account's roles")
      .description(
        "Asks the server that runs on the data folder for the roles of an account: ARN, id, and how " +
          "long their sessions may last.",
      )
      .addHelpText("after", examples(["Those of the first start", "sms-storage server roles"])),
  run: async (context, _args, options) => {
    await withAccount(context, options, async ({ calls }) => {
      const rows: string[][] = [];
      for (const role of await calls.roles()) {
        const { arn, roleId, maxSessionSeconds = 3600 } = role;
        if (context.output.json) await context.output.result({ type: "role", ...role }, undefined);
        else rows.push([arn, roleId, `${maxSessionSeconds} s`]);
      }
      if (rows.length > 0) await context.output.result({ type: "roles" }, formatTable(rows));
      else if (!context.output.json) context.output.note("The account has no role.");
    });
  },
};
