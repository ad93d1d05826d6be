import type { Finding, Severity } from "../finding.ts";
import { type AuditReport, failuresOf } from "./audit-report.ts";

const levels: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  info: "note",
};

/** As code scanners sort by; out of 10. */
const scores: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "3.0",
  info: "0.0",
};

/** SARIF 2.1.0 of what fails; what passes or is not known is no result there. */
export function renderSarif(report: AuditReport): string {
  const failures = failuresOf(report);
  const run = {
    tool: {
      driver: {
        name: "sms-storage audit",
        version: report.toolVersion,
        rules: failures.map((finding) => ({
          id: finding.id,
          shortDescription: { text: finding.title },
          fullDescription: { text: finding.affects ?? finding.title },
          help: { text: remedyText(finding) },
          defaultConfiguration: { level: levels[finding.severity] },
          properties: {
            tags: ["security", ...finding.sameAs],
            "security-severity": scores[finding.severity],
          },
        })),
      },
    },
    results: failures.map((finding, ruleIndex) => ({
      ruleId: finding.id,
      ruleIndex,
      level: levels[finding.severity],
      message: { text: `${finding.title}: no. ${finding.saw}. ${finding.affects ?? ""}`.trim() },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: `s3://${report.bucket}` } },
          logicalLocations: [{ fullyQualifiedName: report.bucket, kind: "resource" }],
        },
      ],
      partialFingerprints: { "bucketAndCheck/v1": `${report.bucket}/${finding.id}` },
    })),
    invocations: [{ executionSuccessful: true, endTimeUtc: report.time }],
  };
  const document = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [run],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function remedyText({ remedy }: Finding): string {
  if (remedy === undefined) return "";
  return [remedy.text, ...(remedy.commands ?? [])].join("\n");
}
