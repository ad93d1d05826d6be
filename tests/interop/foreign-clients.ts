import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Credentials } from "../../src/core/credentials.ts";
import type { OwnServer } from "./own-server.ts";
import { runCommand, type CommandResult } from "./run-command.ts";

/** Where scripts/interop/install.sh puts the Python packages. */
export const venv = fileURLToPath(new URL("../../.cache/interop/venv", import.meta.url));

const python = `${venv}/bin/python`;
/** With the client that SMS API has, aioboto3, which wants an older boto3. */
export const pythonOfSmsApi = fileURLToPath(
  new URL("../../.cache/interop/sms-api-venv/bin/python", import.meta.url),
);
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The environment of a foreign client: nothing of this machine's own AWS set-up, an empty home, and
 * the server's endpoint, region and keys under the names that AWS's tools know.
 */
export function clientEnvironment(
  server: OwnServer,
  credentials: Credentials = server.identities.admin,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    PATH: systemPath,
    HOME: server.scratch,
    TMPDIR: server.scratch,
    LANG: "C.UTF-8",
    PYTHONDONTWRITEBYTECODE: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_DEFAULT_REGION: server.region,
    AWS_REGION: server.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  };
}

/** A release of the AWS CLI: how it is called in messages, and what `aws` is in its PATH. */
export interface AwsCli {
  readonly name: string;
  readonly executable: string;
  /** Later releases know AWS_ENDPOINT_URL; this one has to be told by an option. */
  readonly needsEndpointOption: boolean;
  readonly exitCodes: {
    /** An error that the service answered. */
    readonly refusedByService: number;
    /** Parameters that the CLI refuses itself. */
    readonly refusedLocally: number;
  };
}

export const awsCliReleases: readonly AwsCli[] = [
  {
    name: "AWS CLI 2",
    executable: "/usr/bin/aws",
    needsEndpointOption: true,
    exitCodes: { refusedByService: 254, refusedLocally: 252 },
  },
  {
    name: "AWS CLI 1",
    executable: `${venv}/bin/aws`,
    needsEndpointOption: false,
    exitCodes: { refusedByService: 255, refusedLocally: 255 },
  },
];

/** Puts the release first in the PATH as `aws`, so that scripts run word for word. */
export async function withAwsInPath(
  cli: AwsCli,
  server: OwnServer,
  env: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const folder = join(server.scratch, `${cli.name.replaceAll(" ", "-")}-bin`);
  const option = cli.needsEndpointOption ? '--endpoint-url "$AWS_ENDPOINT_URL" ' : "";
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "aws"), `#!/bin/sh\nexec ${cli.executable} ${option}"$@"\n`);
  await chmod(join(folder, "aws"), 0o755);
  return { ...env, PATH: `${folder}:${env["PATH"]}` };
}

/** What a Python case that held gives. A broken assertion is on its standard error. */
export const passed = { exitCode: 0, stderr: "" };

/**
 * Runs one function of a file in python/, as `python FILE FUNCTION`. `parameters` are JSON in its
 * environment, under PARAMETERS.
 */
export function runPython(
  server: OwnServer,
  file: string,
  functionName: string,
  parameters: unknown = {},
  interpreter: string = python,
): Promise<CommandResult> {
  const script = fileURLToPath(new URL(`python/${file}`, import.meta.url));
  return runCommand(interpreter, [script, functionName], {
    cwd: server.scratch,
    env: { ...clientEnvironment(server), PARAMETERS: JSON.stringify(parameters) },
  });
}
