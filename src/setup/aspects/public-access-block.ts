import type { PublicAccessBlockConfiguration } from "../../core/bucket-settings.ts";
import { isPublicPolicy } from "../../policy/is-public.ts";
import { tryParsePolicy } from "../check-policy.ts";
import { defineAspect, resetDraft, settingCalls, type Draft } from "../define-aspect.ts";
import { isAws, type DesiredState } from "../desired-state.ts";
import type { ObservedState } from "../observed-state.ts";

const names = [
  "BlockPublicAcls",
  "IgnorePublicAcls",
  "BlockPublicPolicy",
  "RestrictPublicBuckets",
] as const;

/** The guide's practice 7, which has no step there. On by default only for buckets since 2023-04. */
export const publicAccessBlockAspect = defineAspect<PublicAccessBlockConfiguration>({
  name: "public-access-block",
  title: "Public access block",
  unmanaged: ({ publicAccessBlock }) => publicAccessBlock === "unmanaged",
  ...settingCalls("publicAccessBlock"),
  remove: ({ admin }, { bucket }) => admin.remove(bucket, "publicAccessBlock"),
  normalize: (document) => names.map((name) => document[name]),
  draft: (desired, current, observed) => {
    const wish = desired.publicAccessBlock;
    if (wish === "unmanaged") return { document: undefined, changes: [], summary: "" };
    if (wish === "reset") return withRisk(resetDraft("Public access block", current));
    const differing = names.filter((name) => (current?.[name] ?? false) !== wish[name]);
    return {
      document: wish,
      changes: differing.map((name) => ({
        action: current === undefined ? ("add" as const) : ("change" as const),
        item: name,
        before: current?.[name],
        after: wish[name],
        why: wish[name] ? "nothing here is meant to be public" : "so wished",
        ...riskOf(name, wish[name], desired, observed),
      })),
      summary: names.every((name) => wish[name])
        ? "all four blocks on"
        : `on: ${names.filter((name) => wish[name]).join(", ") || "none"}`,
    };
  },
});

function withRisk(
  draft: Draft<PublicAccessBlockConfiguration>,
): Draft<PublicAccessBlockConfiguration> {
  const risk = "public access becomes possible";
  return { ...draft, changes: draft.changes.map((change) => ({ ...change, risk })) };
}

function riskOf(
  name: (typeof names)[number],
  on: boolean,
  desired: DesiredState,
  observed: ObservedState,
): { risk?: string } {
  if (!on) return { risk: "public access becomes possible" };
  if (name === "BlockPublicAcls" && !isAws(desired)) {
    // Source: ceph/ceph pull request 64290, seen on 16.2.
    return { risk: "a Ceph gateway older than 2025-07 then refuses every upload; verify shows it" };
  }
  const reading = observed.readings.policy;
  if (name !== "RestrictPublicBuckets" || reading.state !== "set") return {};
  const policy = tryParsePolicy(String(reading.value), observed.bucket);
  if (policy === undefined || !isPublicPolicy(policy)) return {};
  return { risk: "the bucket's policy is public; other accounts and the public lose their access" };
}
