import type { Finding, FindingStatus } from "../../checks/finding.ts";
import type { AuditReport } from "../../checks/report/audit-report.ts";
import type { FindingChange } from "../../checks/report/compare-audits.ts";
import { printable } from "../format.ts";
import { remedyLines } from "../explain/remedy-text.ts";
import type { Output } from "../output.ts";

const marks: Readonly<Record<FindingStatus, readonly ["green" | "red" | "yellow", string]>> = {
  pass: ["green", "✔"],
  fail: ["red", "✘"],
  unknown: ["yellow", "?"],
  muted: ["yellow", "-"],
  "not-applicable": ["yellow", "-"],
};

const statusNotes: Readonly<Record<FindingStatus, string>> = {
  pass: "",
  fail: "",
  unknown: "not known: ",
  muted: "muted: ",
  "not-applicable": "does not apply: ",
};

export function findingText(
  output: Output,
  finding: Finding,
  change: FindingChange | undefined,
): string {
  const { id, title, severity, status, saw, affects, remedy, muted } = finding;
  const [color, mark] = marks[status];
  const news = change === "new-failure" ? ", new" : "";
  const weight = status === "fail" ? ` [${severity}${news}]` : "";
  const lines = [
    `${output.style(color, mark)} ${id} ${title}${weight}`,
    `    ${statusNotes[status]}${printable(muted?.reason ?? saw)}`,
  ];
  if (status !== "fail") return lines.join("\n");
  if (affects !== undefined) lines.push(`    ${printable(affects)}`);
  if (remedy !== undefined) lines.push(...remedyLines(output, remedy));
  return lines.join("\n");
}

export function summaryText({ summary, bucket }: AuditReport, showsAll: boolean): string {
  const { counts, score } = summary;
  const rest = counts.muted + counts["not-applicable"];
  const judged =
    score === undefined
      ? "nothing could be judged"
      : `${score} of 100 by weight of what was judged`;
  const hint = showsAll || counts.pass === 0 ? "" : " (--all shows the rest)";
  return (
    `${printable(bucket)}: ${counts.fail} failed, ${counts.unknown} not known, ${counts.pass} passed, ` +
    `${rest} muted or not applicable${hint}; ${judged}.`
  );
}
