import type { Finding } from "../finding.ts";

/** How a check's answer changed since an earlier audit. */
export type FindingChange = "new-failure" | "fixed" | "lost-sight" | "changed" | "same";

/** What an earlier audit said of one check. */
export type EarlierFinding = Pick<Finding, "id" | "status" | "saw">;

/** The change of each finding, by id; `new-failure` also for a check that the earlier one had not. */
export function compareAudits(
  earlier: readonly EarlierFinding[],
  now: readonly Finding[],
): ReadonlyMap<string, FindingChange> {
  const before = new Map(earlier.map((finding) => [finding.id, finding]));
  return new Map(now.map((finding) => [finding.id, changeOf(before.get(finding.id), finding)]));
}

function changeOf(before: EarlierFinding | undefined, now: Finding): FindingChange {
  if (now.status === "fail") {
    if (before?.status !== "fail") return "new-failure";
    return before.saw === now.saw ? "same" : "changed";
  }
  if (before === undefined || before.status === now.status) return "same";
  if (before.status === "fail" && now.status === "pass") return "fixed";
  return now.status === "unknown" ? "lost-sight" : "changed";
}
