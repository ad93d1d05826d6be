import { StorageError } from "../../core/errors.ts";
import type { DriftBaseline } from "./drift-baseline.ts";
import { type DriftFinding, type DriftReport, hashOfFound, isAcceptable } from "./find-drift.ts";
import type { UndeclaredState } from "./undeclared-state.ts";

/** All undeclared settings and the set-up's own parts as they are now; what was accepted of declared ones stays so. */
export function recordBaseline(
  report: DriftReport,
  { items, own }: UndeclaredState,
  before: DriftBaseline | undefined,
  now: string,
): DriftBaseline {
  return {
    formatVersion: 1,
    bucket: report.bucket,
    recordedAt: now,
    undeclared: Object.fromEntries(items),
    own,
    accepted: before?.accepted ?? {},
  };
}

/** These findings may stay as they are found. Throws InvalidArgument for an id that cannot be accepted. */
export function acceptDrift(
  report: DriftReport,
  ids: readonly string[],
  before: DriftBaseline | undefined,
  now: string,
): DriftBaseline {
  const undeclared = { ...before?.undeclared };
  const accepted = { ...before?.accepted };
  for (const finding of acceptableDrift(report, ids)) {
    const { id, kind, item, found } = finding;
    if (kind === "declared") accepted[id] = { found: hashOfFound(found), on: now };
    else if (found === undefined) delete undeclared[item];
    else undeclared[item] = found;
  }
  const recordedAt = before?.recordedAt ?? now;
  const own = before?.own;
  return {
    formatVersion: 1,
    bucket: report.bucket,
    recordedAt,
    undeclared,
    ...(own !== undefined && { own }),
    accepted,
  };
}

/** The findings of these ids. Throws InvalidArgument for one that is not there or cannot be accepted. */
export function acceptableDrift(report: DriftReport, ids: readonly string[]): DriftFinding[] {
  return ids.map((id) => {
    const finding = report.findings.find((each) => each.id === id);
    if (finding === undefined || !isAcceptable(finding)) throw notToAccept(id, report);
    return finding;
  });
}

function notToAccept(id: string, { findings }: DriftReport): StorageError {
  const known = findings.filter(isAcceptable).map((each) => each.id);
  return new StorageError("InvalidArgument", `There is no drift ${JSON.stringify(id)} to accept.`, {
    operation: "drift",
    remedy: known.length === 0 ? "There is none." : `There is: ${known.join(", ")}`,
  });
}
