import type { LifecycleConfiguration, WritableSetting } from "../../core/bucket-settings.ts";
import { takeReading, type Reading } from "../../core/reading.ts";
import type { StatementDocument } from "../../policy/compare-statements.ts";
import { mergeStatements } from "../../policy/merge.ts";
import type { SetupTarget } from "../aspect.ts";
import type { AspectName } from "../aspect-name.ts";
import { equalData, hashData } from "../canonical-json.ts";
import type { ObservedState } from "../observed-state.ts";
import type { SetupPlan } from "../plan.ts";
import { isOwnCleanUpRule, isOwnTestRule } from "../recall-lifecycle.ts";
import { ownParts } from "./recorded-own.ts";
import { ownSids } from "../policy-statements.ts";
import { inFilterForm, nameOf } from "../lifecycle-rules.ts";

/** What is on a bucket and nobody declared. */
export interface UndeclaredState {
  /** By name: a whole setting, a statement or a rule; values as S3 gave them, unknown fields too. */
  readonly items: ReadonlyMap<string, unknown>;
  /** The set-up's own statements and rules, by name. */
  readonly own: Readonly<Record<string, unknown>>;
  /** What could not be seen, and why. */
  readonly unseen: readonly { readonly item: string; readonly reason: string }[];
}

/** Settings that no wish speaks of. */
const unplanned = ["cors", "logging", "tags"] as const satisfies readonly WritableSetting[];
type Unplanned = (typeof unplanned)[number];

export type UnplannedReadings = Readonly<Record<Unplanned, Reading>>;

/** Of a bucket that is not there or out of reach, which its own finding says. */
export const unseenUnplanned: UnplannedReadings = {
  cors: { state: "no-bucket" },
  logging: { state: "no-bucket" },
  tags: { state: "no-bucket" },
};

/** One read after the other; a denied one is unknown, never absent. */
export async function readUnplanned(
  { admin }: SetupTarget,
  bucket: string,
): Promise<UnplannedReadings> {
  const readings: Partial<Record<Unplanned, Reading>> = {};
  for (const name of unplanned) {
    readings[name] = await takeReading(() => admin.read(bucket, name));
  }
  return readings as UnplannedReadings;
}

/** Settings left alone as a whole; of policy and lifecycle, when managed, what is not ours. */
export function undeclaredState(
  plan: SetupPlan,
  observed: ObservedState,
  readings: UnplannedReadings,
): UndeclaredState {
  const items = new Map<string, unknown>();
  const unseen: { item: string; reason: string }[] = [];
  const whole = (item: string, reading: Reading) => {
    if (reading.state === "set" && !isOff(reading.value)) items.set(item, reading.value);
    if ("reason" in reading) unseen.push({ item, reason: reading.reason });
  };
  for (const name of unplanned) whole(name, readings[name]);
  for (const { aspect, status } of plan.aspects) {
    if (aspect === "bucket" || aspect === "env-file") continue;
    const reading = observed.readings[aspect];
    if (status === "unmanaged") whole(aspect, reading);
    else if (reading.state === "set") {
      for (const [item, value] of foreignParts(aspect, reading.value)) items.set(item, value);
    }
  }
  return { items, own: ownParts(plan.aspects), unseen };
}

/** As S3 gives out the logging of a bucket that has none. */
export function isOff(value: unknown): boolean {
  return equalData(value, {});
}

function foreignParts(aspect: AspectName, value: unknown): [string, unknown][] {
  if (aspect === "policy") return foreignStatements(String(value));
  if (aspect !== "lifecycle") return [];
  const { Rules } = value as LifecycleConfiguration;
  return Rules.filter((rule) => !isOwnTestRule(rule) && !isOwnCleanUpRule(rule)).map((rule) => [
    rule.ID === undefined ? `Rule without ID ${shortHash(rule)}` : nameOf(rule),
    inFilterForm(rule),
  ]);
}

function foreignStatements(policy: string): [string, unknown][] {
  const own: readonly unknown[] = Object.values(ownSids);
  return statementsOf(policy)
    .filter((statement) => !own.includes(statement["Sid"]))
    .map((statement) => {
      const sid = statement["Sid"];
      const name = typeof sid === "string" ? sid : `without Sid ${shortHash(statement)}`;
      return [`Statement ${name}`, statement];
    });
}

/** None of a text that is no policy; the plan says that it cannot be read. */
function statementsOf(policy: string): readonly StatementDocument[] {
  try {
    return mergeStatements(policy, []).foreign;
  } catch {
    return [];
  }
}

function shortHash(value: unknown): string {
  return hashData(value).slice(0, 8);
}
