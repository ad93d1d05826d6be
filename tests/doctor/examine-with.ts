import { type Diagnosis, examine } from "../../src/checks/doctor/examine.ts";
import type { ExchangeListener } from "../../src/core/exchange-event.ts";
import { planFix } from "../../src/open/doctor-fixes.ts";
import { openDoctorSession } from "../../src/open/doctor-session.ts";
import { inspectSettings } from "../../src/settings/get-settings.ts";

export type Environment = Readonly<Record<string, string>>;

export interface Patient {
  readonly environment: Environment;
  /** Undefined: no `.env` is looked at. */
  readonly envFile?: string;
  readonly expectedAccount?: string;
  readonly expectedOwner?: string;
  readonly onExchange?: ExchangeListener;
}

/** As the command does it, in this process. */
export async function examineWith(patient: Patient): Promise<Diagnosis> {
  const { environment, envFile, expectedAccount, expectedOwner, onExchange } = patient;
  const session = openDoctorSession({
    resolved: resolve(patient),
    environment,
    envFile,
    prefix: "test/",
    ...(expectedAccount !== undefined && { expectedAccount }),
    ...(expectedOwner !== undefined && { expectedOwner }),
    ...(onExchange !== undefined && { onExchange }),
  });
  try {
    return await examine(session.place, session.sources, { clock: () => performance.now() });
  } finally {
    await session.close();
  }
}

/** What `--fix --yes` does. Answers what was done, in words. */
export async function fixAll(patient: Patient, diagnosis: Diagnosis): Promise<string[]> {
  const done: string[] = [];
  for (const { fix } of diagnosis.findings) {
    if (fix === undefined) continue;
    const { settings } = resolve(patient);
    const target = { settings, envFile: patient.envFile ?? ".env", facts: diagnosis.facts };
    const plan = await planFix(fix, target);
    if (typeof plan === "string") throw new Error(`It cannot be mended: ${plan}.`);
    await plan.apply();
    done.push(plan.text);
  }
  return done;
}

function resolve({ environment, envFile }: Patient) {
  return inspectSettings({ environment, envFile: envFile ?? false });
}
