import { StorageError } from "../../core/errors.ts";
import type { DriftBaseline } from "./drift-baseline.ts";
import { type DriftReport, hashOfFound } from "./find-drift.ts";
import type { UndeclaredState } from "./undeclared-state.ts";

/** All undeclared settings as they are now; what was accepted of declared ones stays so. */
export function recordBaseline(
  report: DriftReport,
  { items }: UndeclaredState,
  before: DriftBaseline | undefined,
  now: string,
): DriftBaseline {
  return {
    formatVersion: 1,
    bucket: report.bucket,
    recordedAt: now,
    undeclared: Object.fromEntries(items),
    accepted: before?.accepted ?? {},
  };
}

/** These findings may stay as they are found. Throws InvalidArgument for an id that is not there. */
export function acceptDrift(
  report: DriftReport,
  ids: readonly string[],
  before: DriftBaseline | undefined,
  now: string,
): DriftBaseline {
  const undeclared = { ...before?.undeclared };
  const accepted = { ...before?.accepted };
  for (const id of ids) {
    const finding = report.findings.find((each) => each.id === id);
    if (finding === undefined || finding.kind === "potential") throw notToAccept(id, report);
    if (finding.kind === "declared") accepted[id] = { found: hashOfFound(finding.found), on: now };
    else if (finding.found === undefined) delete undeclared[finding.item];
    else undeclared[finding.item] = finding.found;
  }
  const recordedAt = before?.recordedAt ?? now;
  return { formatVersion: 1, bucket: report.bucket, recordedAt, undeclared, accepted };
}

function notToAccept(id: string, { findings }: DriftReport): StorageError {
  const known = findings.filter(({ kind }) => kind !== "potential").map((each) => each.id);
  return new StorageError("InvalidArgument", `There is no drift ${JSON.stringify(id)} to accept.`, {
    operation: "drift",
    remedy: known.length === 0 ? "There is none." : `There is: ${known.join(", ")}`,
  });
}
