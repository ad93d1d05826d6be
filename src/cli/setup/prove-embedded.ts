import { join } from "node:path";
import type { Credentials } from "../../core/credentials.ts";
import { dotenvFile } from "../../settings/dotenv-file.ts";
import { getSettings } from "../../settings/get-settings.ts";
import type { Settings } from "../../settings/settings.ts";
import { writeDotenv } from "../../settings/write-dotenv.ts";
import { createDesiredState } from "../../setup/desired-state.ts";
import { renderPlan } from "../../setup/render-plan.ts";
import type { CommandContext } from "../context.ts";
import type { EmbeddedServer } from "../embedded-server.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatTable } from "../format.ts";
import { quoteForShell } from "../tool-environment.ts";
import { dotenvPath } from "./dotenv-path.ts";
import { applyAndReport, applyExitCode, makePlan, verifyAndReport } from "./run-setup.ts";
import { openSetupSession, type SetupSession } from "./setup-session.ts";

export interface Proof {
  readonly embedded: EmbeddedServer;
  readonly bucket: string;
  /** Whether `.env` may be written. */
  readonly envFile: boolean;
  /** Whether the server goes on after the proof, so that commands can be tried on it. */
  readonly serves: boolean;
}

/** Steps 2 to 4 of `start`: plan and apply, verify, `.env`, and what to do next. */
export async function proveEmbedded(context: CommandContext, proof: Proof): Promise<number> {
  const { output } = context;
  const { embedded, bucket } = proof;
  output.note(
    indent(
      formatTable([
        ["endpoint", embedded.server.endpoint],
        ["data", embedded.directory],
        ["keys", `${embedded.identitiesFile} (mode 0600)`],
      ]),
    ),
  );
  const values = environmentOf(proof);
  const settings = getSettings({ environment: values, envFile: false });
  const session = await openSetupSession(context, { settings, envFile: false });
  try {
    const code = await setUpAndVerify(context, session, settings, bucket);
    if (code !== exitCodes.ok) return code;
    const file = await writeSettings(context, proof, values);
    const { endpoint } = embedded.server;
    output.note(`\nReady: ${endpoint}, bucket ${bucket}`);
    output.note(proof.serves ? nextSteps(proof, file) : "Run it again without --once to use it.");
    const facts = { endpoint, bucket, directory: embedded.directory };
    await output.result({ type: "ready", ...facts }, undefined);
    return exitCodes.ok;
  } finally {
    session.close();
  }
}

async function setUpAndVerify(
  context: CommandContext,
  session: SetupSession,
  settings: Settings,
  bucket: string,
): Promise<number> {
  const { output } = context;
  const desired = createDesiredState({
    bucket,
    region: settings.storageS3Region,
    endpointUrl: settings.storageS3EndpointUrl,
    ownerAccountId: session.owner,
    envFile: "unmanaged",
  });
  output.note(`2. Setting up s3://${bucket}`);
  const plan = await makePlan(session, desired, false);
  await output.result({ type: "plan", plan }, undefined);
  if (plan.summary.blockers.length > 0) {
    output.note(indent(renderPlan(plan).join("\n")));
    return exitCodes.checkFailed;
  }
  if (plan.summary.upToDate) {
    output.note("  No changes: the bucket is as wished.");
  } else {
    const result = await applyAndReport(context, session, plan);
    await output.result({ type: "apply", result }, undefined);
    if (!result.succeeded) return applyExitCode(result);
  }
  output.note("3. Proving it: settings read back, files written, read, listed and deleted");
  const report = await verifyAndReport(context, session, desired, { patient: false });
  await output.result({ type: "verify", report }, undefined);
  return report.passed ? exitCodes.ok : exitCodes.checkFailed;
}

/** The SSO-like role's session; the administrator's keys where the account has no such role. */
function keysOf(embedded: EmbeddedServer): Credentials {
  return embedded.roleSession ?? embedded.administrator;
}

function environmentOf({ embedded, bucket }: Proof): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = keysOf(embedded);
  return {
    STORAGE_BACKEND: "s3",
    STORAGE_S3_BUCKET: bucket,
    STORAGE_S3_REGION: embedded.region,
    STORAGE_S3_ENDPOINT_URL: embedded.server.endpoint,
    STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { STORAGE_S3_SESSION_TOKEN: sessionToken }),
  };
}

/**
 * Writes `.env`, keys included: they open nothing but this server. A file that leads to another
 * store is somebody's work and stays as it is; the settings then go beside the data. Answers the
 * file that has to be named with `--dotenv`, undefined when commands find it by themselves.
 */
async function writeSettings(
  context: CommandContext,
  { envFile, embedded }: Proof,
  values: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { output } = context;
  output.note("4. Writing the settings");
  const path = dotenvPath(context);
  const other = envFile ? await storeOf(path) : undefined;
  const found = envFile && other === undefined;
  if (!envFile) output.note("  = .env is left alone.");
  if (other !== undefined) output.note(`  = ${path} leads to ${other} and is left alone.`);
  const file = found ? path : join(embedded.directory, "settings.env");
  const { changed } = await writeDotenv(file, values, { allowSecrets: true });
  const what = changed.length === 0 ? " has them already" : `: ${changed.join(", ")}`;
  output.note(`  ${changed.length === 0 ? "=" : "✔"} ${file}${what} (mode 0600)`);
  return found && context.envFile === undefined ? undefined : file;
}

async function storeOf(path: string): Promise<string | undefined> {
  return otherStore(await dotenvFile(path).read([bucketVariable, endpointVariable]));
}

const bucketVariable = "STORAGE_S3_BUCKET";
const endpointVariable = "STORAGE_S3_ENDPOINT_URL";

/** What a `.env` already leads to, when that is not an embedded server of this machine. */
function otherStore(values: Readonly<Record<string, string>>): string | undefined {
  const bucket = values[bucketVariable];
  const endpoint = values[endpointVariable];
  if (endpoint === undefined) return bucket === undefined ? undefined : `s3://${bucket} on AWS`;
  return /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${endpoint}/`)
    ? undefined
    : endpoint;
}

function nextSteps({ embedded, bucket }: Proof, file: string | undefined): string {
  const { endpoint } = embedded.server;
  const command = "npx sms-storage";
  const settings = file === undefined ? "" : ` --dotenv ${quoteForShell(file)}`;
  return `
In another terminal, in this folder:
  echo hello | ${command} cp - s3://${bucket}/test/hello.txt${settings}
  ${command} ls -r${settings}
  eval "$(${command} config env${settings})"
  aws --endpoint-url ${endpoint} s3 ls s3://${bucket}/ --recursive`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
