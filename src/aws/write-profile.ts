import { chmod, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { makeFolder } from "../disk/make-folder.ts";
import type { Credentials } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";

interface ProfileValues extends Credentials {
  readonly server: {
    readonly endpoint: string;
    readonly region: string;
    readonly caFile?: string | undefined;
  };
}

/**
 * Puts keys and endpoint under a profile of AWS's shared files; what else stands in them stays. The
 * values of a profile of that name are replaced. Throws StorageError ConfigurationError.
 */
export async function writeProfile(
  environment: Readonly<Record<string, string | undefined>>,
  profile: string,
  { accessKeyId, secretAccessKey, sessionToken, server }: ProfileValues,
): Promise<{ readonly configFile: string; readonly keysFile: string }> {
  const folder = join(homedir(), ".aws");
  const configFile = environment["AWS_CONFIG_FILE"] ?? join(folder, "config");
  const keysFile = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? join(folder, "credentials");
  await putSection(keysFile, profile, {
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
    ...(sessionToken !== undefined && { aws_session_token: sessionToken }),
  });
  await putSection(configFile, profile === "default" ? profile : `profile ${profile}`, {
    region: server.region,
    endpoint_url: server.endpoint,
    ...(server.caFile !== undefined && { ca_bundle: server.caFile }),
  });
  return { configFile, keysFile };
}

async function putSection(
  file: string,
  header: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    makeFolder(dirname(file), 0o700);
    const before = await readFile(file, "utf8").catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
      throw error;
    });
    await writeFile(file, withSection(before, header, values), { mode: 0o600 });
    await chmod(file, 0o600);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError("ConfigurationError", `${file} cannot be written: ${reason}`, {
      remedy:
        "Make it writable, or name other files in AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE.",
      cause,
    });
  }
}

function withSection(
  text: string,
  header: string,
  values: Readonly<Record<string, string>>,
): string {
  const kept: string[] = [];
  let isOwn = false;
  for (const line of text.split("\n")) {
    const found = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim();
    if (found !== undefined) isOwn = found === header;
    if (!isOwn) kept.push(line);
  }
  const rest = kept.join("\n").trimEnd();
  const lines = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
  return `${rest === "" ? "" : `${rest}\n\n`}[${header}]\n${lines.join("\n")}\n`;
}
