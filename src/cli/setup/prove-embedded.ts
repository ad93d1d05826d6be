import type { EmbeddedServer } from "../../open/embedded-server.ts";
import { embeddedEnvironment, writeEmbeddedSettings } from "../../open/embedded-settings.ts";
import type { SetupSession } from "../../open/setup-session.ts";
import { getSettings } from "../../settings/get-settings.ts";
import type { Settings } from "../../settings/settings.ts";
import { createDesiredState } from "../../setup/desired-state.ts";
import { renderPlan } from "../../setup/render-plan.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatTable } from "../format.ts";
import { shellWord } from "../../core/shell-word.ts";
import { dotenvPath } from "./dotenv-path.ts";
import { applyAndReport, applyExitCode, verifyAndReport } from "./run-setup.ts";
import { withSession } from "./with-setup-session.ts";

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
  const values = embeddedEnvironment(embedded, bucket);
  const settings = getSettings({ environment: values, envFile: false });
  return withSession(context, { settings, envFile: false }, async (session) => {
    const code = await setUpAndVerify(context, session, settings, bucket);
    if (code !== exitCodes.ok) return code;
    const file = await writeSettings(context, proof, values);
    const { endpoint } = embedded.server;
    output.note(`\nReady: ${endpoint}, bucket ${bucket}`);
    output.note(
      proof.serves
        ? nextSteps(proof, context.runtime.ownCommand, file)
        : "Run it again without --once to use it.",
    );
    const facts = { endpoint, bucket, directory: embedded.directory };
    await output.result({ type: "ready", ...facts }, undefined);
    return exitCodes.ok;
  });
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
  const plan = await session.plan(desired);
  await output.result({ type: "plan", ...plan }, undefined);
  if (plan.summary.blockers.length > 0) {
    output.note(indent(renderPlan(plan).join("\n")));
    return exitCodes.checkFailed;
  }
  if (plan.summary.upToDate) {
    output.note("  No changes: the bucket is as wished.");
  } else {
    const result = await applyAndReport(context, session, plan);
    await output.result({ type: "apply", ...result }, undefined);
    if (!result.succeeded) return applyExitCode(result);
  }
  output.note("3. Proving it: settings read back, files written, read, listed and deleted");
  const report = await verifyAndReport(context, session, desired, { patient: false });
  await output.result({ type: "verify", ...report }, undefined);
  return report.passed ? exitCodes.ok : exitCodes.checkFailed;
}

/** Answers the file that has to be named with `--dotenv`; undefined when commands find it themselves. */
async function writeSettings(
  context: CommandContext,
  { envFile, embedded }: Proof,
  values: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { output } = context;
  output.note("4. Writing the settings");
  const path = envFile ? dotenvPath(context) : undefined;
  const { file, changed, otherStore } = await writeEmbeddedSettings(embedded, values, path);
  if (path === undefined) output.note("  = .env is left alone.");
  if (otherStore !== undefined)
    output.note(`  = ${path} leads to ${otherStore} and is left alone.`);
  const what = changed.length === 0 ? " has them already" : `: ${changed.join(", ")}`;
  output.note(`  ${changed.length === 0 ? "=" : "✔"} ${file}${what} (mode 0600)`);
  return file === path && context.envFile === undefined ? undefined : file;
}

function nextSteps({ embedded, bucket }: Proof, command: string, file: string | undefined): string {
  const { endpoint } = embedded.server;
  const { caFile } = embedded;
  const authority = caFile === undefined ? "" : ` --ca-bundle ${shellWord(caFile)}`;
  const settings = file === undefined ? "" : ` --dotenv ${shellWord(file)}`;
  return `
In another terminal, in this folder:
  echo hello | ${command} cp - s3://${bucket}/test/hello.txt${settings}
  ${command} ls -r${settings}
  eval "$(${command} config env${settings})"
  aws${authority} --endpoint-url ${endpoint} s3 ls s3://${bucket}/ --recursive`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
