import type { Command } from "commander";
import type { Credentials } from "../core/credentials.ts";
import type { ServerNote } from "../open/server-note.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./exit-codes.ts";
import { textOption, type OptionValues } from "./option-values.ts";

/** How keys that were made are told. */
export function addKeyOutput(command: Command): Command {
  return command.option(
    "--write-profile <name>",
    "keep them in AWS's shared files under this profile instead of printing them",
  );
}

/** Keys that were made, and the server that they open. */
export interface MadeKeys extends Credentials {
  readonly server: ServerNote;
}

/**
 * Prints keys, the only time that they are shown: as lines of `export`, or as an object that AWS's
 * tools take from a `credential_process`. With a profile named, they go there.
 */
export async function tellKeys(
  { output, runtime }: CommandContext,
  options: OptionValues,
  keys: MadeKeys,
): Promise<void> {
  const profile = textOption(options, "writeProfile");
  if (profile !== undefined) {
    if (!/^[\w.+@-]{1,128}$/.test(profile)) {
      throw new UsageError(`--write-profile ${profile} is no name of a profile.`);
    }
    const { writeProfile } = await import("../aws/write-profile.ts");
    const { configFile, keysFile } = await writeProfile(runtime.environment, profile, keys);
    await output.result({ type: "profile", profile, configFile, keysFile }, undefined);
    output.note(`The keys are in ${keysFile}, the endpoint is in ${configFile}.`);
    output.note(`Use them with: aws s3 ls --profile ${profile}`);
    return;
  }
  const { accessKeyId, secretAccessKey, sessionToken, expiration, server } = keys;
  const variables = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    AWS_REGION: server.region,
    AWS_ENDPOINT_URL: server.endpoint,
    ...(server.caFile !== undefined && { AWS_CA_BUNDLE: server.caFile }),
  };
  await output.result(
    {
      type: "credentials",
      Version: 1,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration?.toISOString(),
    },
    Object.entries(variables)
      .map(([name, value]) => `export ${name}='${value}'`)
      .join("\n"),
  );
}
