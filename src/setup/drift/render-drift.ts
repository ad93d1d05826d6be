import { shellWord } from "../../core/shell-word.ts";
import { renderChange } from "../render-change.ts";
import { driftCall, type DriftFinding, type DriftReport, isAcceptable } from "./find-drift.ts";
import { unstatedLines } from "./unstated-names.ts";

/** The report for people: `!` drift, `=` accepted, `?` what cannot be told. `call`: as it was called. */
export function renderDrift(report: DriftReport, call: string = driftCall): string[] {
  const { summary, findings, bucket, recordedAt, unstated } = report;
  const open = unstatedLines(unstated, call);
  const lines = findings.flatMap((finding) => renderFinding(finding, call));
  if (findings.length === 0) {
    const record = recordedAt === undefined ? ". Nothing was recorded" : " and as recorded";
    return [...open, `No drift: ${bucket} is as declared${record}.`];
  }
  const { declared, undeclared, potential, accepted } = summary;
  const counts = `${declared} declared, ${undeclared} undeclared, ${potential} potential, ${accepted} accepted`;
  return [
    ...lines,
    "",
    ...open,
    `${report.drifted ? "Drift" : "No drift that fails anything"} on ${bucket}: ${counts}.`,
  ];
}

function renderFinding(finding: DriftFinding, call: string): string[] {
  const { kind, accepted } = finding;
  const sign = kind === "potential" ? "?" : accepted ? "=" : "!";
  const [line = "", ...values] = valueLines(finding);
  const steps = kind === "potential" || accepted ? [] : stepLines(finding, call);
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

function stepLines(finding: DriftFinding, call: string): string[] {
  const { id, revert } = finding;
  const back = revert?.replace(`${driftCall} --`, () => `${call} --`);
  return [
    ...(back === undefined ? [] : [`    revert: ${back}`]),
    ...(isAcceptable(finding) ? [`    accept: ${call} --accept ${shellWord(id)}`] : []),
  ];
}
