import { writeFile } from "node:fs/promises";
import { judgeFacts } from "../../checks/audit/run-audit.ts";
import { severities, type Finding } from "../../checks/finding.ts";
import type { AuditReport } from "../../checks/report/audit-report.ts";
import { compareAudits } from "../../checks/report/compare-audits.ts";
import { summarize } from "../../checks/report/summary.ts";
import { observeForAudit } from "../../open/audit-session.ts";
import type { Settings } from "../../settings/settings.ts";
import type { CommandContext } from "../context.ts";
import { packageVersion } from "../package-version.ts";
import { dotenvPath } from "../setup/dotenv-path.ts";
import { storeListener } from "../store-listener.ts";
import { findingText, summaryText } from "./audit-text.ts";
import type { AuditWish } from "./read-audit-wish.ts";

/** Audits, prints and writes what was asked for. Answers whether it found what it should fail on. */
export async function runAudit(
  context: CommandContext,
  settings: Settings,
  wish: AuditWish,
): Promise<boolean> {
  const report = await audit(context, settings, wish);
  const { output } = context;
  for (const finding of report.findings) {
    const change = report.changes?.get(finding.id);
    const record = { type: "finding", ...finding, ...(change !== undefined && { change }) };
    const isShown = wish.showsAll || ["fail", "unknown"].includes(finding.status);
    await output.result(record, isShown ? findingText(output, finding, change) : undefined);
  }
  const { counts, failures, score } = report.summary;
  const summary = { type: "summary", ...counts, failures, score };
  await output.result(summary, summaryText(report, wish.showsAll));
  await writeFiles(report, wish);
  return report.findings.some((finding) => failsOn(finding, report, wish));
}

async function audit(
  context: CommandContext,
  settings: Settings,
  wish: AuditWish,
): Promise<AuditReport> {
  const { bucket, trustedAccounts, expectsKms, testPrefix, testDays, mutes, baseline } = wish;
  const { onEvent, onExchange } = storeListener(context, settings);
  const observed = await observeForAudit({
    settings,
    bucket,
    environment: context.runtime.environment,
    envFile: dotenvPath(context),
    listener: { onEvent, ...(onExchange !== undefined && { onExchange }) },
  });
  const time = new Date().toISOString();
  const place = { ...observed.place, trustedAccounts, expectsKms, testPrefix, testDays };
  const findings = judgeFacts(observed.facts, place, { mutes, today: time.slice(0, 10) });
  return {
    bucket,
    region: observed.place.region,
    ...(place.endpointUrl !== undefined && { endpointUrl: place.endpointUrl }),
    ...(observed.caller !== undefined && { caller: observed.caller }),
    time,
    findings,
    summary: summarize(findings),
    ...(baseline !== undefined && { changes: compareAudits(baseline, findings) }),
    toolVersion: packageVersion(),
  };
}

function failsOn({ id, status, severity }: Finding, report: AuditReport, wish: AuditWish): boolean {
  if (status !== "fail") return false;
  if (severities.indexOf(severity) > severities.indexOf(wish.failOn)) return false;
  return report.changes === undefined || report.changes.get(id) === "new-failure";
}

async function writeFiles(report: AuditReport, { files }: AuditWish): Promise<void> {
  const { save, sarif, junit, html } = files;
  if (save !== undefined) {
    const { changes: _changes, ...kept } = report;
    await writeFile(save, `${JSON.stringify({ type: "audit", ...kept }, null, 2)}\n`);
  }
  if (sarif !== undefined) {
    const { renderSarif } = await import("../../checks/report/sarif.ts");
    await writeFile(sarif, renderSarif(report));
  }
  if (junit !== undefined) {
    const { renderJunit } = await import("../../checks/report/junit.ts");
    await writeFile(junit, renderJunit(report));
  }
  if (html !== undefined) {
    const { renderHtml } = await import("../../checks/report/html.ts");
    await writeFile(html, renderHtml(report));
  }
}
