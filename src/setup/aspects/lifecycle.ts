import { countOf } from "../../core/count-of.ts";
import type { LifecycleConfiguration, LifecycleRule } from "../../core/bucket-settings.ts";
import { s3Limits } from "../../core/limits.ts";
import type { Blocker, Change, Note } from "../aspect.ts";
import { defineAspect, settingCalls, type Draft } from "../define-aspect.ts";
import { canonicalJson } from "../canonical-json.ts";
import {
  cleanUpRule,
  expiresEverything,
  inFilterForm,
  isCoveredBy,
  nameOf,
  normalizeRule,
  ownRuleIds,
  ruleProblem,
  sameRule,
  sameScope,
  testRule,
  type FullLifecycleWish,
  type OwnRule,
} from "../lifecycle-rules.ts";
import { completeLifecycle, isOwnCleanUpRule, isOwnTestRule } from "../recall-lifecycle.ts";
import { shorteningNotes, type Placement } from "../shortening-notes.ts";

/** The guide's step 6, merged into what is there: a put replaces all rules. */
export const lifecycleAspect = defineAspect<LifecycleConfiguration>({
  name: "lifecycle",
  title: "Lifecycle",
  backup: true,
  unmanaged: ({ lifecycle }) => lifecycle === "unmanaged",
  ...settingCalls("lifecycle"),
  remove: ({ admin }, { bucket }) => admin.remove(bucket, "lifecycle"),
  normalize: ({ Rules }) => Rules.map((rule) => canonicalJson(normalizeRule(rule))).sort(),
  draft: ({ lifecycle }, current, { recorded }) => {
    if (lifecycle === "unmanaged") return { document: undefined, changes: [], summary: "" };
    if (lifecycle === "reset") return draftReset(current);
    const known = [...(recorded?.rules ?? []), ...(current?.Rules ?? [])];
    return draftLifecycle(completeLifecycle(lifecycle, { Rules: known }), current);
  },
});

function isOwn(rule: LifecycleRule): boolean {
  return isOwnTestRule(rule) || isOwnCleanUpRule(rule);
}

/** Only our rules go, by their IDs or their form; without any left the document goes too. */
function draftReset(current: LifecycleConfiguration | undefined): Draft<LifecycleConfiguration> {
  const present = current?.Rules ?? [];
  const left = present.filter((rule) => !isOwn(rule));
  return {
    document: left.length === 0 ? null : { ...current, Rules: left },
    changes: present.filter(isOwn).map((rule) => ({
      action: "remove" as const,
      item: nameOf(rule),
      before: rule,
      why: "so wished (reset)",
      risk: "old versions and unfinished uploads stay, and are billed",
    })),
    kept: left.map(nameOf),
    summary: "no rule of ours",
  };
}

function draftLifecycle(
  wish: FullLifecycleWish,
  current: LifecycleConfiguration | undefined,
): Draft<LifecycleConfiguration> {
  const present = current?.Rules ?? [];
  const placed = [testRule(wish), cleanUpRule(wish)].map((own) => place(own, present));
  const ownChanges = placed.flatMap(describePlacement);
  const foreign = present.filter((rule) => placed.every(({ existing }) => existing !== rule));
  const rewritten =
    ownChanges.length === 0 ? [] : foreign.filter((rule) => rule.Filter === undefined);
  const rules = [
    ...present.map((rule) => placed.find(({ existing }) => existing === rule)?.rule ?? rule),
    ...placed.filter(({ existing }) => existing === undefined).map(({ rule }) => rule),
  ];
  return {
    document: { ...current, Rules: ownChanges.length === 0 ? present : rules.map(inFilterForm) },
    changes: [...ownChanges, ...rewritten.map(describeRewriting)],
    kept: foreign.map(nameOf),
    notes: [
      ...foreign.flatMap(warnings),
      ...placed.flatMap((placement) => shorteningNotes(placement, foreign)),
      ...prefixNotes(wish),
      ...placed.flatMap(({ rule }) => turnedOff(rule)),
    ],
    blockers: blockersOf(rules),
    summary: [
      `${wish.testPrefix} deleted after ${countOf(wish.testDays, "day")}`,
      `old versions after ${wish.noncurrentDays}`,
      `unfinished uploads after ${wish.abortUploadDays}`,
    ].join(", "),
  };
}

/**
 * Its place is that of the rule with its ID, else of one of its form or that it covers, whose ID it
 * then keeps.
 */
function place(own: OwnRule, present: readonly LifecycleRule[]): Placement {
  const named = present.find((rule) => rule.ID === own.ID);
  if (named !== undefined) return { rule: own, existing: named };
  const reserved: readonly (string | undefined)[] = Object.values(ownRuleIds);
  const free = present.filter((rule) => !reserved.includes(rule.ID));
  const isOfItsForm = own.ID === ownRuleIds.test ? isOwnTestRule : isOwnCleanUpRule;
  const covered =
    free.find((rule) => isOfItsForm(rule) && sameScope(rule, own)) ??
    free.find((rule) => isCoveredBy(rule, own));
  if (covered === undefined) return { rule: own, existing: undefined };
  return { rule: { ...own, ID: covered.ID ?? own.ID }, existing: covered };
}

const whys: Readonly<Record<string, string>> = {
  [ownRuleIds.test]: "test files go for good, their old versions too",
  [ownRuleIds.cleanUp]: "old versions and unfinished uploads are billed until they are deleted",
};

function describePlacement({ rule, existing }: Placement): Change[] {
  if (existing !== undefined && sameRule(existing, rule)) return [];
  const isTest = rule.Filter.Prefix !== "";
  const scope = isTest ? `objects under ${rule.Filter.Prefix}` : "noncurrent versions anywhere";
  return [
    {
      action: existing === undefined ? "add" : "change",
      item: `Rule ${rule.ID}`,
      before: existing,
      after: rule,
      why: whys[isTest ? ownRuleIds.test : ownRuleIds.cleanUp] ?? "",
      risk: `${scope} are deleted when they reach their age, also those that are there already`,
    },
  ];
}

function describeRewriting(rule: LifecycleRule): Change {
  return {
    action: "change",
    item: nameOf(rule),
    before: rule,
    after: inFilterForm(rule),
    why: "the same rule in today's form: S3 refuses to mix Prefix and Filter in one document",
  };
}

function warnings(rule: LifecycleRule): Note[] {
  if (!expiresEverything(rule)) return [];
  return [
    { level: "warning", text: `${nameOf(rule)}, not ours, deletes every object of the bucket.` },
  ];
}

function turnedOff(rule: OwnRule): Note[] {
  if (rule.Status === "Enabled") return [];
  return [{ level: "warning", text: `${nameOf(rule)} is turned off, so that it deletes nothing.` }];
}

/** A rule of ours from before prefixes had to end in a slash. */
function prefixNotes({ testPrefix }: FullLifecycleWish): Note[] {
  if (testPrefix.endsWith("/")) return [];
  const text =
    `The prefix of test files, ${testPrefix}, has no slash at its end: whatever only begins alike is` +
    ` deleted as well, such as ${testPrefix}0/.`;
  return [{ level: "warning", text }];
}

function blockersOf(rules: readonly LifecycleRule[]): Blocker[] {
  const blockers = rules.flatMap((rule): Blocker[] => {
    const problem = ruleProblem(rule);
    if (problem === undefined) return [];
    return [
      { code: "malformed", message: `${nameOf(rule)}: ${problem}.`, remedy: "Correct it first." },
    ];
  });
  if (rules.length > s3Limits.lifecycleRules) {
    const message = `There would be ${countOf(rules.length, "rule")}; S3 allows ${s3Limits.lifecycleRules}.`;
    blockers.push({ code: "too-large", message, remedy: "Remove rules that are not needed." });
  }
  return blockers;
}
