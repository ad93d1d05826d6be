import type { AnyAuditRule } from "../audit/audit-rule.ts";
import { auditRules } from "../audit/rule-list.ts";
import type { CauseRow, CommandTemplate } from "../doctor/cause-row.ts";
import { causeRows } from "../doctor/cause-list.ts";
import { fillCommand, fillText, fillValue } from "../doctor/fill-text.ts";
import { describeSign } from "../doctor/match-sign.ts";
import type { RemedyBy } from "../finding.ts";

const byWords: Readonly<Record<RemedyBy, string>> = {
  you: "You can apply it yourself.",
  administrator: "An administrator of the account applies it.",
  organization: "An administrator of the organisation applies it.",
};

/** A page in Markdown for each cause of the doctor and each check of the audit, by its id. */
export function findingPages(): ReadonlyMap<string, string> {
  return new Map([
    ...causeRows.map((row): [string, string] => [row.id, causePage(row)]),
    ...auditRules.map((rule): [string, string] => [rule.id, rulePage(rule)]),
  ]);
}

/** What leads to all pages. */
export function findingIndex(): string {
  const causes = [...causeRows].sort((a, b) => a.id.localeCompare(b.id)).map(indexLine);
  const rules = auditRules.map(indexLine);
  return [
    "# Findings",
    "What `sms-storage doctor` may find to be the cause of a failure, and what `sms-storage audit` checks.\n" +
      "`sms-storage doctor --explain ID` prints a page. [How each cause is shown](../scenarios.md): a trial for each.",
    "## Causes (doctor)",
    causes.join("\n"),
    "## Checks (audit)",
    `${rules.join("\n")}\n`,
  ].join("\n\n");
}

function indexLine({ id, title }: { readonly id: string; readonly title: string }): string {
  return `- [${id}](${id}.md): ${title}`;
}

const nothingKnown: ReadonlyMap<string, string> = new Map();

function text(template: string): string {
  return fillText(template, nothingKnown);
}

function commandLine(command: CommandTemplate): string {
  if (typeof command === "string") return fillCommand(command, nothingKnown);
  return `${fillCommand(command.line, nothingKnown)} # where ${command.when.words}`;
}

function causePage(row: CauseRow): string {
  const { remedy, signs, fix } = row;
  const commands = remedy.commands?.map(commandLine) ?? [];
  const statements = (remedy.statements ?? []).map((each) =>
    JSON.stringify(fillValue(each, nothingKnown), null, 2),
  );
  return page(`${row.id}: ${row.title}`, [
    ["Symptom", row.symptom],
    ["Cause", `${text(row.cause)}\n\nAffected: ${text(row.affects)}`],
    ["How it is recognised", signs.map((sign) => `- ${describeSign(sign)}`).join("\n")],
    [
      "Remedy",
      [
        text(remedy.text),
        ...(commands.length === 0 ? [] : [fenced("sh", commands.join("\n"))]),
        ...statements.map((each) => fenced("json", each)),
        byWords[remedy.by],
        ...(fix === undefined ? [] : ["`sms-storage doctor --fix` applies what of it is safe."]),
      ].join("\n\n"),
    ],
    ["Source", row.source],
  ]);
}

function rulePage({ id, title, severity, practice, sameAs = [], needs }: AnyAuditRule): string {
  const practiceWords =
    practice === undefined
      ? ""
      : ` It is part of security practice ${practice} of the set-up guide.`;
  const others = sameAs.length === 0 ? "No other tool's check is the same." : sameAs.join(", ");
  return page(`${id}: ${title}`, [
    ["What holds when it passes", `${title}. Severity: ${severity}.${practiceWords}`],
    [
      "How it is recognised",
      `From ${needs.map((name) => `\`${name}\``).join(", ")}; where one of these may not be read, the ` +
        "finding is unknown, and never a pass.",
    ],
    [
      "Remedy",
      `The audit says what it saw and what to do, with commands for the bucket at hand:\n\n` +
        fenced("sh", "sms-storage audit --all"),
    ],
    ["The same check elsewhere", others],
  ]);
}

function page(title: string, sections: readonly (readonly [string, string])[]): string {
  const parts = sections.map(([heading, body]) => `## ${heading}\n\n${body}`);
  return `# ${title}\n\n${parts.join("\n\n")}\n`;
}

function fenced(language: string, body: string): string {
  return `\`\`\`${language}\n${body}\n\`\`\``;
}
