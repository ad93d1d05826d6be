import type { EdgeTools } from "../../core/edge-tools.ts";
import { FakeBucketAdmin, newBucket, type FakeBucket } from "./fake-bucket-admin.ts";
import { applyPlan, type ApplyOptions, type ApplyResult } from "../apply.ts";
import type { EnvFile, SetupTarget, AspectPlan } from "../aspect.ts";
import { createDesiredState, type DesiredState, type DesiredStateInput } from "../desired-state.ts";
import { observe } from "../observe.ts";
import { planSetup, type PlanOptions, type SetupPlan } from "../plan.ts";
import type { AspectName } from "../aspect-name.ts";

export const bucket = "sms-data-a1b2c3d4";

/** The guide's bucket, with a wish or two of the test's own. */
export function desire(change: Partial<DesiredStateInput> = {}): DesiredState {
  return createDesiredState({ bucket, region: "us-east-1", ...change });
}

export async function planFor(
  target: SetupTarget,
  desired: DesiredState = desire(),
  options: PlanOptions = {},
): Promise<SetupPlan> {
  return planSetup(desired, await observe(target, desired), options);
}

export function aspectOf(plan: SetupPlan, name: AspectName): AspectPlan {
  const found = plan.aspects.find(({ aspect }) => aspect === name);
  if (found === undefined) throw new Error(`no aspect ${name}`);
  return found;
}

/** An account with this one bucket. */
export function adminWith(state: FakeBucket = newBucket("us-east-1")): FakeBucketAdmin {
  const admin = new FakeBucketAdmin();
  admin.buckets.set(bucket, state);
  return admin;
}

/** Sleeps that take no time, and how long they would have been. */
export class FakeTools implements EdgeTools {
  readonly sleeps: number[] = [];
  async sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
  }
}

export async function setUp(
  target: SetupTarget,
  desired: DesiredState = desire(),
  options: Partial<ApplyOptions> = {},
): Promise<ApplyResult> {
  return applyPlan(await planFor(target, desired), target, { tools: new FakeTools(), ...options });
}

/** A `.env` of plain lines, in memory. */
export function fakeEnvFile(values: Map<string, string>): EnvFile {
  return {
    path: ".env",
    read: async (names) => Object.fromEntries([...values].filter(([name]) => names.includes(name))),
    write: async (written) => {
      for (const [name, value] of Object.entries(written)) values.set(name, value);
    },
  };
}
