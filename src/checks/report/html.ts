import type { Finding, FindingStatus, Mute, RemedyBy } from "../finding.ts";
import { type AuditReport, failuresOf } from "./audit-report.ts";
import type { FindingChange } from "./compare-audits.ts";
import { escapeMarkup as text } from "./markup.ts";
import { style } from "./html-style.ts";

const statusWords: Readonly<Record<FindingStatus, string>> = {
  fail: "Failed",
  unknown: "Not known",
  pass: "Passed",
  muted: "Muted",
  "not-applicable": "Not applicable",
};

const changeWords: Readonly<Record<FindingChange, string>> = {
  "new-failure": "new failure",
  fixed: "fixed",
  "lost-sight": "no longer seen",
  changed: "changed",
  same: "",
};

/** One page, whole in itself: no script, nothing loaded from elsewhere, readable in print. */
export function renderHtml(report: AuditReport): string {
  const { bucket, summary, time, region, endpointUrl, caller } = report;
  const { score, counts } = summary;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["Bucket", bucket],
    ["Region", region],
    ["Store", endpointUrl ?? "AWS S3"],
    ["Asked as", caller],
    ["Time", time],
  ];
  const rows = facts.map(([name, value]) =>
    value === undefined ? "" : `<div><dt>${name}</dt><dd>${text(value)}</dd></div>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Audit of ${text(bucket)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Audit of ${text(bucket)}</h1>
<div class="score"><strong>${score ?? "–"}</strong><span>${scoreWords(report)}</span></div>
<dl>${rows.join("")}</dl>
</header>
<main>
<p class="counts">${Object.entries(statusWords)
    .map(([status, word]) => {
      const count = counts[status as FindingStatus];
      return `<span class="${status}">${word}: <b>${count}</b></span>`;
    })
    .join(" ")}</p>
${changesSection(report)}
${section("What fails", failuresOf(report), report)}
${section("What is not known", ofStatus(report, "unknown"), report)}
${section("Muted", ofStatus(report, "muted"), report)}
${section("Passed", ofStatus(report, "pass"), report)}
${section("Not applicable", ofStatus(report, "not-applicable"), report)}
</main>
<footer>sms-storage ${text(report.toolVersion)}</footer>
</body>
</html>
`;
}

function scoreWords({ summary: { score, counts } }: AuditReport): string {
  if (score === undefined) return "nothing could be judged";
  const unseen = counts.unknown === 0 ? "" : `; ${counts.unknown} not known`;
  return `of 100, by weight of what could be judged${unseen}`;
}

function ofStatus({ findings }: AuditReport, status: FindingStatus): readonly Finding[] {
  return findings.filter((finding) => finding.status === status);
}

function changesSection({ changes, findings }: AuditReport): string {
  if (changes === undefined) return "";
  const changed = findings.filter(({ id }) => (changes.get(id) ?? "same") !== "same");
  if (changed.length === 0) return `<h2>Since last time</h2><p>Nothing has changed.</p>`;
  const items = changed.map(({ id, title }) => {
    const word = changeWords[changes.get(id) ?? "same"];
    return `<li><code>${id}</code> ${text(title)}: <b>${word}</b></li>`;
  });
  return `<h2>Since last time</h2><ul>${items.join("")}</ul>`;
}

function section(title: string, findings: readonly Finding[], report: AuditReport): string {
  if (findings.length === 0) return "";
  return `<h2>${title}</h2>\n${findings.map((finding) => article(finding, report)).join("\n")}`;
}

function article(finding: Finding, { changes }: AuditReport): string {
  const { id, title, severity, status, saw, affects, practice, sameAs, muted } = finding;
  const change = changeWords[changes?.get(id) ?? "same"];
  const also = [...(practice === undefined ? [] : [`practice ${practice}`]), ...sameAs].join(", ");
  const tag = change === "" ? "" : ` <span class="tag change">${change}</span>`;
  return (
    `<article class="${status} ${severity}" id="${id}"><h3><code>${id}</code> ${text(title)} ` +
    `<span class="tag">${severity}</span>${tag}</h3>${paragraph(saw)}${paragraph(affects)}` +
    `${muted === undefined ? "" : muteOf(muted)}${remedyOf(finding)}` +
    `${also === "" ? "" : `<p class="also">${text(also)}</p>`}</article>`
  );
}

function paragraph(words: string | undefined): string {
  return words === undefined ? "" : `<p>${text(words)}</p>`;
}

function muteOf({ reason, until }: Mute): string {
  return paragraph(`Muted${until === undefined ? "" : ` until ${until}`}: ${reason}`);
}

function remedyOf({ remedy }: Finding): string {
  if (remedy === undefined) return "";
  const { commands = [], statements = [], by } = remedy;
  const blocks = [...commands, ...statements.map((one) => JSON.stringify(one, null, 2))];
  return (
    `<p><b>Next:</b> ${text(remedy.text)} (by ${byWords(by)})</p>` +
    blocks.map((block) => `<pre>${text(block)}</pre>`).join("")
  );
}

function byWords(by: RemedyBy): string {
  if (by === "you") return "yourself";
  return by === "administrator" ? "an administrator of the account" : "the organisation";
}
