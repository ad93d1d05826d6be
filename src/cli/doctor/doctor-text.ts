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
export function layerText(output: Output, { status, title, detail }: LayerReport): string {
  const [color, mark] = marks[status];
  return `${output.style(color, mark)} ${title}: ${printable(detail)}`;
}

/** A finding: symptom, cause, evidence, what it affects, remedy, and what else it may be. */
export function causeText(output: Output, finding: DoctorFinding): string {
  const { id, title, severity, symptom, cause, confidence, evidence, affects, remedy } = finding;
  const lines = [
    `${output.style("red", "✘")} ${id} ${title} [${severity}]`,
    `    symptom: ${printable(symptom)}`,
    `    cause (${confidence}): ${printable(cause)}`,
    ...(evidence.length === 0 ? [] : [`    evidence: ${printable(evidence.join("; "))}`]),
    ...(affects === undefined ? [] : [`    affects: ${printable(affects)}`]),
    ...(remedy === undefined ? [] : remedyLines(output, remedy)),
    ...finding.alsoPossible.map((other) => `    also possible: ${other.id} ${other.title}`),
  ];
  if (finding.page !== undefined) lines.push(`    more: sms-storage doctor --explain ${id}`);
  return output.inOwnWords(lines.join("\n"));
}
