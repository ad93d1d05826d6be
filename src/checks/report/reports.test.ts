import { describe, expect, it } from "vitest";
import type { Finding } from "../finding.ts";
import type { AuditReport } from "./audit-report.ts";
import { compareAudits } from "./compare-audits.ts";
import { renderHtml } from "./html.ts";
import { renderJunit } from "./junit.ts";
import { renderSarif } from "./sarif.ts";
import { summarize } from "./summary.ts";

const hostile = `<script>alert("1")</script>&'\u0000\u001b[31m`;
const finding = (parts: Partial<Finding>): Finding => ({
  id: "VER-1",
  title: "Versioning is enabled",
  severity: "medium",
  status: "pass",
  saw: "Enabled",
  sameAs: [],
  ...parts,
});
const findings: readonly Finding[] = [
  finding({}),
  finding({
    id: "POL-5",
    severity: "critical",
    status: "fail",
    saw: hostile,
    affects: hostile,
    remedy: { text: hostile, commands: [hostile], statements: [{ Sid: hostile }], by: "you" },
    sameAs: ["S3.2"],
  }),
  finding({ id: "LC-1", severity: "low", status: "fail", saw: "none" }),
  finding({ id: "LOG-1", status: "unknown", saw: "AccessDenied" }),
  finding({ id: "ENC-6", status: "muted", saw: "", muted: { id: "ENC-6", reason: hostile } }),
  finding({ id: "ENC-2", status: "not-applicable", saw: "no key" }),
];
const report: AuditReport = {
  bucket: hostile,
  region: "us-east-1",
  time: "2026-11-26T12:00:00.000Z",
  findings,
  summary: summarize(findings),
  toolVersion: "1.0.0",
};

describe("summarize", () => {
  it("weighs what could be judged, and counts the rest apart", () => {
    expect(summarize(findings)).toEqual({
      counts: { pass: 1, fail: 2, unknown: 1, "not-applicable": 1, muted: 1 },
      failures: { critical: 1, high: 0, medium: 0, low: 1, info: 0 },
      score: 21,
    });
  });

  it("is 100 only when nothing fails, and nothing when nothing was seen", () => {
    const many = Array.from({ length: 500 }, () => finding({ severity: "critical" }));
    expect(summarize([...many, finding({ severity: "low", status: "fail" })]).score).toBe(99);
    expect(summarize(many).score).toBe(100);
    expect(summarize([finding({ status: "unknown" })]).score).toBeUndefined();
  });
});

describe("compareAudits", () => {
  it.each([
    ["pass", "fail", "new-failure"],
    ["unknown", "fail", "new-failure"],
    ["muted", "fail", "new-failure"],
    ["fail", "pass", "fixed"],
    ["fail", "unknown", "lost-sight"],
    ["pass", "unknown", "lost-sight"],
    ["fail", "fail", "same"],
    ["fail", "muted", "changed"],
    ["pass", "pass", "same"],
  ] as const)("%s, then %s: %s", (before, now, change) => {
    const earlier = [finding({ status: before, saw: "x" })];
    const later = [finding({ status: now, saw: "x" })];
    expect(compareAudits(earlier, later).get("VER-1")).toBe(change);
  });

  it("tells a check that was not there before, and evidence that is other", () => {
    const failed = finding({ status: "fail", saw: "now" });
    expect(compareAudits([], [failed]).get("VER-1")).toBe("new-failure");
    expect(compareAudits([{ ...failed, saw: "before" }], [failed]).get("VER-1")).toBe("changed");
  });
});

describe("the formats", () => {
  it("SARIF holds what fails, the worst first", () => {
    const { runs } = JSON.parse(renderSarif(report)) as {
      runs: {
        results: { ruleId: string; level: string; ruleIndex: number }[];
        tool: { driver: { rules: { id: string }[] } };
      }[];
    };
    const [run] = runs;
    expect(run?.results).toMatchObject([
      { ruleId: "POL-5", level: "error" },
      { ruleId: "LC-1", level: "note" },
    ]);
    for (const { ruleId, ruleIndex } of run?.results ?? []) {
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    }
  });

  it("JUnit has a case a check, and no green for what is not known", () => {
    const xml = renderJunit(report);
    expect(xml).toContain('tests="6" failures="2" errors="1" skipped="2"');
    expect(xml.match(/<testcase /g)).toHaveLength(6);
    expect(xml).toContain('<error type="unknown" message="AccessDenied"/>');
  });

  it("neither XML nor HTML takes markup or controls from what a store says", () => {
    for (const text of [renderJunit(report), renderHtml(report)]) {
      expect(text).not.toContain("<script>");
      for (const control of ["\u0000", "\u001b"]) expect(text).not.toContain(control);
      expect(text).toContain("&lt;script&gt;");
    }
  });

  it("the page shows the score, what fails and what changed", () => {
    const changes = compareAudits([finding({ id: "LC-1", status: "pass" })], findings);
    const page = renderHtml({ ...report, changes });
    expect(page).toContain("<strong>21</strong>");
    expect(page.indexOf('id="POL-5"')).toBeLessThan(page.indexOf('id="LC-1"'));
    expect(page).toContain("Since last time");
    expect(page).toContain("new failure");
    expect(page).not.toMatch(/(?:src|href)=/);
  });
});
