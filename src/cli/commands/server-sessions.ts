import { StorageError } from "../../core/errors.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import { addAccountOptions, withAccount } from "../with-account.ts";
import { addKeyOutput, tellKeys } from "../write-keys.ts";

/** Source: STS API reference, AssumeRole. */
const leastSeconds = 900;
const mostSeconds = 43_200;

export const serverSessionsCommand: CommandDefinition = {
  name: "sessions",
  define: (command) =>
    addKeyOutput(addAccountOptions(command))
      .summary("make a session of a role")
      .description(
        "Assumes a role at the server that runs on the data folder, with the keys that the folder holds (of " +
          "a world's account a user's), and prints the session's keys. AWS has no sessions under 15 " +
          "minutes; here --duration makes them as short as you like, and --expired makes one that has " +
          "ended already.",
      )
      .argument("<role>", "name of the role, its first letters where they are enough, or its ARN")
      .option("--as <user>", "assume it as this user; default: any whose key the folder holds")
      .option("--session-name <name>", "as it stands in the ARN", "sms-storage")
      .option("--duration <seconds>", "how long it lasts; default: an hour")
      .option("--expired", "make one that has ended already, to try that out")
      .addHelpText(
        "after",
        examples(
          [
            "A session for this shell",
            'eval "$(sms-storage server sessions AWSReservedSSO_ScientistAccess)"',
          ],
          ["One that ends in half a minute", "sms-storage server sessions sms-api --duration 30"],
          ["For a profile's credential_process", "sms-storage server sessions --json sms-api"],
        ),
      ),
  run: async (context, [role = ""], options) => {
    const lasting = readLasting(options);
    const roleArn = role.startsWith("arn:")
      ? role
      : await withAccount(context, options, async ({ calls }) =>
          findRole(await calls.roles(), role),
        );
    const asUser = { ...options, purpose: "assume", userName: textOption(options, "as") } as const;
    await withAccount(context, asUser, async ({ calls, server }) => {
      const sessionName = textOption(options, "sessionName") ?? "";
      const session = await calls.assumeRole({ roleArn, sessionName, ...lasting });
      await tellKeys(context, options, { ...session, server });
      context.output.note(`${session.arn} until ${session.expiration.toISOString()}`);
    });
  },
};

function findRole(
  roles: readonly { readonly name: string; readonly arn: string }[],
  wanted: string,
): string {
  const exact = roles.filter(({ name }) => name === wanted);
  const found = exact.length > 0 ? exact : roles.filter(({ name }) => name.startsWith(wanted));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.arn;
  const names = (found.length > 0 ? found : roles).map(({ name }) => name);
  throw new StorageError(
    found.length > 0 ? "InvalidArgument" : "NotFound",
    found.length > 0
      ? `${found.length} roles start with ${wanted}.`
      : `The account has no role ${wanted}.`,
    { remedy: `Name one of: ${names.slice(0, 20).join(", ")}.` },
  );
}

/** What AWS would refuse is asked of the embedded server alone. */
function readLasting(options: OptionValues) {
  const text = textOption(options, "duration");
  const isExpired = flagOption(options, "expired");
  if (isExpired && text !== undefined) {
    throw new UsageError("--expired and --duration contradict each other.", "Leave one out.");
  }
  if (isExpired) return { seconds: undefined, endsAfterSeconds: 0 };
  if (text === undefined) return { seconds: undefined, endsAfterSeconds: undefined };
  const seconds = Number(text);
  if (!/^\d{1,5}$/.test(text) || seconds > mostSeconds) {
    const remedy = `Give whole seconds from 0 to ${mostSeconds}.`;
    throw new UsageError(`--duration ${text} is no length of a session.`, remedy);
  }
  return seconds < leastSeconds
    ? { seconds: leastSeconds, endsAfterSeconds: seconds }
    : { seconds, endsAfterSeconds: undefined };
}
