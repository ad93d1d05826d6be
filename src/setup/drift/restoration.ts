import type { LifecycleConfiguration, WritableSetting } from "../../core/bucket-settings.ts";
import { documentSettings } from "../../core/document-settings.ts";
import type { Reading } from "../../core/reading.ts";
import type { StatementDocument } from "../../policy/compare-statements.ts";
import { mergeStatements, type OwnStatement } from "../../policy/merge.ts";
import type { Blocker, Change } from "../aspect.ts";
import { equalData } from "../canonical-json.ts";
import { checkPolicy } from "../check-policy.ts";
import type { DesiredState } from "../desired-state.ts";
import { inFilterForm } from "../lifecycle-rules.ts";
import type { ObservedState } from "../observed-state.ts";
import type { DriftFinding } from "./find-drift.ts";
import type { UnplannedReadings } from "./undeclared-state.ts";

/** A setting of the bucket that goes back to what the baseline has of it; plain data. */
export interface Restoration {
  readonly bucket: string;
  readonly setting: WritableSetting;
  readonly before: Reading;
  /** The whole document to put. Null: it is removed. */
  readonly document: unknown;
  readonly changes: readonly Change[];
  readonly blockers: readonly Blocker[];
}

export interface SeenBucket {
  readonly desired: DesiredState;
  readonly observed: ObservedState;
  readonly unplanned: UnplannedReadings;
}

/** Pure: what takes these findings of undeclared drift back, a document for each setting. */
export function planRestorations(
  findings: readonly DriftFinding[],
  seen: SeenBucket,
): Restoration[] {
  const settings = new Set(findings.map(settingOf));
  return [...settings].map((setting) =>
    planOne(
      setting,
      findings.filter((finding) => settingOf(finding) === setting),
      seen,
    ),
  );
}

function planOne(
  setting: WritableSetting,
  findings: readonly DriftFinding[],
  { desired, observed, unplanned }: SeenBucket,
): Restoration {
  const before = readingOf(setting, observed, unplanned);
  const current = before.state === "set" ? before.value : undefined;
  const document = findings.reduce<unknown>(
    (there, finding) => restored(setting, there, finding),
    current,
  );
  const isPolicy = setting === "policy" && typeof document === "string";
  return {
    bucket: desired.bucket,
    setting,
    before,
    document: document ?? null,
    changes: findings.map(changeOf),
    blockers: isPolicy ? checkPolicy(document, desired, observed).blockers : [],
  };
}

const settings: ReadonlyMap<string, WritableSetting> = new Map<string, WritableSetting>([
  ["cors", "cors"],
  ["logging", "logging"],
  ["tags", "tags"],
  ...Object.entries(documentSettings),
]);

function settingOf({ item }: DriftFinding): WritableSetting {
  return settings.get(item) ?? (item.startsWith("Statement ") ? "policy" : "lifecycle");
}

function readingOf(
  setting: WritableSetting,
  { readings }: ObservedState,
  unplanned: UnplannedReadings,
): Reading {
  if (setting === "cors" || setting === "logging" || setting === "tags") return unplanned[setting];
  if (setting === "publicAccessBlock") return readings["public-access-block"];
  return readings[setting];
}

function restored(setting: WritableSetting, there: unknown, finding: DriftFinding): unknown {
  if (settings.has(finding.item)) return finding.expected;
  return setting === "policy"
    ? restoredPolicy(there as string | undefined, finding)
    : restoredRules(there as LifecycleConfiguration | undefined, finding);
}

/** One statement of others; the rest keeps its place and its text, as far as Sids tell them apart. */
function restoredPolicy(text: string | undefined, { expected, found }: DriftFinding) {
  const [wanted, gone] = [expected, found] as readonly (StatementDocument | undefined)[];
  const isThere = gone !== undefined;
  if (isThere && wanted !== undefined && isNamed(wanted))
    return mergeStatements(text, [wanted]).text;
  if (isThere && wanted === undefined && isNamed(gone))
    return mergeStatements(text, [], [gone.Sid]).text;
  const document = JSON.parse(text ?? '{"Version":"2012-10-17","Statement":[]}') as {
    readonly Statement: unknown;
  };
  const list: readonly unknown[] = [document.Statement].flat();
  const Statement = [
    ...list.filter((each) => gone === undefined || !equalData(each, gone)),
    ...(wanted === undefined ? [] : [wanted]),
  ];
  return Statement.length === 0 ? undefined : JSON.stringify({ ...document, Statement });
}

function isNamed(statement: StatementDocument): statement is OwnStatement {
  return typeof statement["Sid"] === "string";
}

function restoredRules(
  there: LifecycleConfiguration | undefined,
  { expected, found }: DriftFinding,
): LifecycleConfiguration | undefined {
  const Rules = [
    ...(there?.Rules ?? []).filter(
      (rule) => found === undefined || !equalData(inFilterForm(rule), found),
    ),
    ...(expected === undefined ? [] : [expected as LifecycleConfiguration["Rules"][number]]),
  ].map(inFilterForm);
  return Rules.length === 0 ? undefined : { ...there, Rules };
}

function changeOf({ item, expected, found, why }: DriftFinding): Change {
  const action = found === undefined ? "add" : expected === undefined ? "remove" : "change";
  return { action, item, before: found, after: expected, why };
}
