import type { Finding } from "../finding.ts";
import type { AuditReport } from "./audit-report.ts";
import { escapeMarkup } from "./markup.ts";

/**
 * JUnit XML, a test case a check. What is not known is an error, so that it is no green; what does
 * not apply or is muted is skipped with its reason.
 */
export function renderJunit(report: AuditReport): string {
  const { findings, summary, bucket } = report;
  const { fail, unknown, muted, "not-applicable": other } = summary.counts;
  const attributes =
    `tests="${findings.length}" failures="${fail}" errors="${unknown}" ` +
    `skipped="${muted + other}" timestamp="${escapeMarkup(report.time)}"`;
  const cases = findings.map((finding) => testCase(finding, bucket)).join("");
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<testsuites name="sms-storage audit">\n` +
    `  <testsuite name="${escapeMarkup(bucket)}" ${attributes}>\n${cases}  </testsuite>\n` +
    `</testsuites>\n`
  );
}

function testCase(finding: Finding, bucket: string): string {
  const name = escapeMarkup(`${finding.id} ${finding.title}`);
  const open = `    <testcase classname="${escapeMarkup(bucket)}" name="${name}"`;
  const inner = outcome(finding);
  return inner === "" ? `${open}/>\n` : `${open}>${inner}</testcase>\n`;
}

function outcome(finding: Finding): string {
  const message = escapeMarkup(finding.saw);
  switch (finding.status) {
    case "fail":
      return failure(finding);
    case "unknown":
      return `<error type="unknown" message="${message}"/>`;
    case "not-applicable":
      return `<skipped message="${message}"/>`;
    case "muted":
      return `<skipped message="${escapeMarkup(`muted: ${finding.muted?.reason ?? ""}`)}"/>`;
    case "pass":
      return "";
  }
}

function failure({ severity, saw, affects = "", remedy }: Finding): string {
  const text = [affects, remedy?.text ?? "", ...(remedy?.commands ?? [])].join("\n");
  return `<failure type="${severity}" message="${escapeMarkup(saw)}">${escapeMarkup(text)}</failure>`;
}
