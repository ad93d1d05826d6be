import { renderChange } from "../render-change.ts";
import type { DriftFinding, DriftReport } from "./find-drift.ts";

/** The report for people: `!` drift, `=` accepted, `?` what cannot be told. */
export function renderDrift(report: DriftReport): string[] {
  const { summary, findings, bucket } = report;
  const lines = findings.flatMap(renderFinding);
  if (findings.length === 0) return [`No drift: ${bucket} is as declared and as recorded.`];
  const { declared, undeclared, potential, accepted } = summary;
  const counts = `${declared} declared, ${undeclared} undeclared, ${potential} potential, ${accepted} accepted`;
  return [...lines, "", `${report.drifted ? "Drift" : "No drift to act on"}: ${counts}.`];
}

function renderFinding(finding: DriftFinding): string[] {
  const { kind, accepted } = finding;
  const sign = kind === "potential" ? "?" : accepted ? "=" : "!";
  const [line = "", ...values] = valueLines(finding);
  const steps = kind === "potential" || accepted ? [] : stepLines(finding);
  return [`${sign} ${accepted ? "accepted" : kind} ${line}`, ...values, ...steps];
}

/** Expected -> found. */
function valueLines({ item, expected, found, why }: DriftFinding): string[] {
  if (expected === undefined && found === undefined) return [`${item}: ${why}`];
  const action = expected === undefined ? "add" : found === undefined ? "remove" : "change";
  const [line = "", ...values] = renderChange({
    action,
    item,
    before: expected,
    after: found,
    why,
  });
  return [line.slice(1).trim(), ...values];
}

function stepLines({ id, revert }: DriftFinding): string[] {
  return [
    ...(revert === undefined ? [] : [`    revert: ${revert}`]),
    `    accept: sms-storage drift --accept ${JSON.stringify(id)}`,
  ];
}
