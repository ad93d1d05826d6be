import type { DoctorFinding } from "../../checks/doctor/doctor-finding.ts";
import type { LayerReport } from "../../checks/doctor/examine.ts";
import { remedyLines } from "../explain/remedy-text.ts";
import { printable } from "../format.ts";
import type { Output } from "../output.ts";

const marks: Readonly<
  Record<LayerReport["status"], readonly ["green" | "red" | "yellow", string]>
> = {
  passed: ["green", "✔"],
  warned: ["yellow", "!"],
  broken: ["red", "✘"],
  idle: ["yellow", "-"],
  "not-reached": ["yellow", "-"],
};

/** A layer in a line. */
export function layerText(
  output: Output,
  { status, title, detail, findings }: LayerReport,
): string {
  const [color, mark] = marks[status];
  // What a finding says next need not be said here.
  const isRepeated = findings.some(({ symptom }) => symptom.includes(detail));
  return `${output.style(color, mark)} ${title}${isRepeated ? "" : `: ${printable(detail)}`}`;
}

/** A finding: symptom, cause, evidence, what it affects, remedy, and what else it may be. */
export function causeText(output: Output, finding: DoctorFinding): string {
  const { id, title, severity, symptom, cause, confidence, evidence, affects, remedy } = finding;
  const lines = [
    `${output.style("red", "✘")} ${id} ${title} [${severity}]`,
    `    symptom: ${printable(symptom)}`,
    `    cause (${confidence}): ${printable(cause)}`,
    ...evidenceLines(evidence),
    ...(affects === undefined ? [] : [`    affects: ${printable(affects)}`]),
    ...(remedy === undefined ? [] : remedyLines(output, remedy)),
    ...finding.alsoPossible.map((other) => `    also possible: ${other.id} ${other.title}`),
  ];
  if (finding.page !== undefined) lines.push(`    more: sms-storage doctor --explain ${id}`);
  return output.inOwnWords(lines.join("\n"));
}

/** Words such as codes in one line, whole sentences in one of their own. */
function evidenceLines(evidence: readonly string[]): readonly string[] {
  const short = evidence.filter((each) => each.length <= shortEvidence).join("; ");
  const long = evidence.filter((each) => each.length > shortEvidence);
  return [short, ...long]
    .filter((line) => line !== "")
    .map((line) => `    evidence: ${printable(line)}`);
}

const shortEvidence = 60;
