import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { breaks, type DoctorFinding } from "../../checks/doctor/doctor-finding.ts";
import { type Diagnosis, examine } from "../../checks/doctor/examine.ts";
import { redact } from "../../checks/doctor/redact.ts";
import { type PlannedFix, planFix } from "../../open/doctor-fixes.ts";
import { type DoctorSession, openDoctorSession } from "../../open/doctor-session.ts";
import { reasonOf } from "../../core/reading.ts";
import { inspectSettings } from "../../settings/get-settings.ts";
import { knownSecrets } from "../../settings/known-secrets.ts";
import type { ResolvedSettings } from "../../settings/resolve-settings.ts";
import { type CommandContext, confirm } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { packageVersion } from "../package-version.ts";
import { dotenvPath } from "../setup/dotenv-path.ts";
import { storeListener } from "../store-listener.ts";
import { causeText, layerText } from "./doctor-text.ts";
import type { DoctorWish } from "./read-doctor-wish.ts";

/** Looks, prints, mends what was asked for and looks again. Answers the exit code. */
export async function runDoctor(context: CommandContext, wish: DoctorWish): Promise<number> {
  const found = await look(context, wish);
  if (wish.bundle !== undefined) await writeBundle(wish.bundle, found, wish, context);
  if (!wish.fixes) return codeOf(found.diagnosis);
  const isMended = await mend(context, wish, found);
  if (!isMended) return codeOf(found.diagnosis);
  context.output.note("Looking again:");
  return codeOf((await look(context, wish)).diagnosis);
}

interface Look {
  readonly diagnosis: Diagnosis;
  readonly resolved: ResolvedSettings;
}

async function look(context: CommandContext, wish: DoctorWish): Promise<Look> {
  const { output, runtime } = context;
  const resolved = resolve(context, wish);
  const owner = wish.owner ?? (await ownerInFile(context, resolved));
  const session = openSession(context, { ...wish, owner }, resolved);
  try {
    const diagnosis = await examine(session.place, session.sources, {
      signal: runtime.signal,
      clock: () => performance.now(),
      onLayer: async ({ findings, ...layer }) => {
        const breaking = findings.filter(breaks);
        const shown = { ...layer, findings: breaking };
        await output.result({ type: "layer", ...layer }, layerText(output, shown));
        await tell(context, breaking);
      },
    });
    // What breaks nothing waits, so that the cause is named first.
    await tell(
      context,
      diagnosis.findings.filter((finding) => !breaks(finding)),
    );
    await report(context, diagnosis);
    return { diagnosis, resolved };
  } finally {
    await session.close();
  }
}

async function tell({ output }: CommandContext, findings: readonly DoctorFinding[]): Promise<void> {
  for (const finding of findings) {
    await output.result({ type: "finding", ...finding }, causeText(output, finding));
  }
}

/** Wrong settings are findings, not a reason to stop. */
function resolve({ flags, runtime, envFile }: CommandContext, { bucket }: DoctorWish) {
  const resolved = inspectSettings({
    flags: { ...flags, ...(bucket !== undefined && { bucket }) },
    environment: runtime.environment,
    cwd: runtime.cwd,
    ...(envFile !== undefined && { envFile }),
  });
  if (flags["profile"] !== undefined) runtime.useProfile?.(flags["profile"]);
  return resolved;
}

/** Whose the bucket is by this folder's sms-storage.yaml; what is wrong with the file is the set-up's to say. */
async function ownerInFile(
  context: CommandContext,
  { settings }: ResolvedSettings,
): Promise<string | undefined> {
  const { readDesiredFile } = await import("../setup/read-desired-file.ts");
  const found = await readDesiredFile(context, {}).catch((error: unknown) => {
    context.output.note(`Whose the bucket should be is not known: ${reasonOf(error)}`);
    return undefined;
  });
  return found?.wish.bucket === settings.storageS3Bucket ? found?.wish.owner : undefined;
}

function openSession(
  context: CommandContext,
  { expectedAccount, owner, prefix }: DoctorWish,
  resolved: ResolvedSettings,
): DoctorSession {
  const { onEvent, onExchange } = storeListener(context, resolved.settings);
  return openDoctorSession({
    resolved,
    environment: context.runtime.environment,
    envFile: dotenvPath(context),
    prefix,
    ...(expectedAccount !== undefined && { expectedAccount }),
    ...(owner !== undefined && { expectedOwner: owner }),
    // What is tried again shows in what is found.
    ...(context.debug && { onEvent }),
    ...(onExchange !== undefined && { onExchange }),
  });
}

async function report({ output }: CommandContext, { layers, findings }: Diagnosis): Promise<void> {
  const broken = layers.find(({ status }) => status === "broken");
  const warnings = findings.filter((finding) => !breaks(finding)).length;
  const notReached = layers.filter(({ status }) => status === "not-reached").length;
  const summary = {
    type: "summary",
    healthy: broken === undefined,
    ...(broken !== undefined && { broken: broken.name }),
    warnings,
    notReached,
  };
  const rest = warnings === 0 ? "" : `, ${warnings} worth a look`;
  const words =
    broken === undefined
      ? `All of it works${rest}.`
      : `Broken at "${broken.title}"${behind(notReached)}${rest}.`;
  await output.result(summary, words);
}

function behind(notReached: number): string {
  return notReached === 0 ? "" : `; ${notReached} layers behind it were not reached`;
}

function codeOf({ findings }: Diagnosis): number {
  return findings.some(breaks) ? exitCodes.checkFailed : exitCodes.ok;
}

/** False: nothing was done. */
async function mend(context: CommandContext, wish: DoctorWish, found: Look): Promise<boolean> {
  const { output } = context;
  const plans = await plansOf(context, found);
  if (plans.length === 0) {
    const isWell = found.diagnosis.findings.length === 0;
    output.note(isWell ? "There is nothing to mend." : "Nothing of it can be mended from here.");
    return false;
  }
  for (const { text } of plans) output.note(`  ~ ${text}`);
  const flag = { given: wish.agrees, name: "--yes" };
  if (!(await confirm(context, `Mend ${plans.length} as listed?`, flag))) return false;
  for (const { text, apply } of plans) {
    await apply();
    await output.result({ type: "fix", text }, `${output.style("green", "✔")} ${text}`);
  }
  return true;
}

async function plansOf(
  context: CommandContext,
  { diagnosis, resolved }: Look,
): Promise<readonly PlannedFix[]> {
  const plans: PlannedFix[] = [];
  for (const { fix, id } of diagnosis.findings) {
    if (fix === undefined) continue;
    const { settings } = resolved;
    const target = { settings, envFile: dotenvPath(context), facts: diagnosis.facts };
    const plan = await planFix(fix, target);
    if (typeof plan === "string") context.output.note(`${id} is not mended: ${plan}.`);
    else plans.push(plan);
  }
  return plans;
}

async function writeBundle(
  path: string,
  { diagnosis, resolved }: Look,
  { hidesAccounts }: DoctorWish,
  { runtime }: CommandContext,
): Promise<void> {
  const { layers, findings, facts } = diagnosis;
  const bundle = {
    type: "doctor",
    time: new Date().toISOString(),
    toolVersion: packageVersion(),
    node: process.version,
    platform: process.platform,
    facts,
    layers: layers.map(({ findings: _findings, ...layer }) => layer),
    findings: findings satisfies readonly DoctorFinding[],
  };
  const { sharedSecrets } = await import("../../aws/shared-secrets.ts");
  const known = [
    ...knownSecrets(resolved.settings, runtime.environment),
    ...(await sharedSecrets(runtime.environment)),
  ];
  const text = redact(bundle, { hidesAccounts, home: homedir(), known });
  await writeFile(path, `${JSON.stringify(text, null, 2)}\n`, { mode: 0o600 });
}
