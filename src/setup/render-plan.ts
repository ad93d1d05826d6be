import { countOf } from "../core/count-of.ts";
import type { AspectPlan, Change } from "./aspect.ts";
import type { SetupPlan } from "./plan.ts";
import { renderChange } from "./render-change.ts";

/**
 * The plan for people, one line per thing: `+` added, `~` changed, `-` removed, `=` as it is, `!`
 * worth attention. No colours; the first character tells them apart.
 */
export function renderPlan(plan: SetupPlan): string[] {
  const account = plan.accountId === undefined ? "" : `, account ${plan.accountId}`;
  const { endpointUrl } = plan.desired;
  const place = endpointUrl === undefined ? "" : `, at ${endpointUrl}`;
  return [
    `Bucket ${plan.bucket}, region ${plan.region}${account}${place}`,
    ...plan.aspects.flatMap(renderAspect),
    "",
    summaryLine(plan),
  ];
}

const signs = { add: "+", change: "~", remove: "-" } as const;

function renderAspect(aspect: AspectPlan): string[] {
  const changing = aspect.changes.length > 0;
  const hints: Partial<Record<AspectPlan["status"], string>> = {
    unmanaged: "= ",
    same: "= ",
    skipped: "! ",
    "not-supported": "! ",
    unreadable: "! ",
    blocked: "! ",
  };
  const sign = hints[aspect.status] ?? `${overallSign(aspect.changes)} `;
  const lines = [`${sign}${aspect.title}: ${aspect.summary}`];
  if (changing) lines.push(...aspect.changes.flatMap(renderChange));
  lines.push(...aspect.kept.map((item) => `=   ${item} (not ours, kept)`));
  lines.push(
    ...aspect.notes.map(({ level, text }) => `${level === "warning" ? "!" : " "}   ${text}`),
  );
  for (const { message, remedy } of aspect.blockers) lines.push(`!   ${message} ${remedy}`);
  return lines;
}

function overallSign(changes: readonly Change[]): string {
  const [first] = changes;
  const alike = changes.every(({ action }) => action === first?.action);
  return first !== undefined && alike ? signs[first.action] : "~";
}

function summaryLine({ summary }: SetupPlan): string {
  const { add, change, remove, kept, blockers } = summary;
  if (blockers.length > 0) {
    return `Plan: blocked, ${countOf(blockers.length, "reason")}: ${blockers.map(({ message }) => message).join(" ")}`;
  }
  if (summary.upToDate) return "No changes: the bucket is as wished.";
  const keptText = kept === 0 ? "" : `; ${kept} of others kept`;
  return `Plan: ${add} to add, ${change} to change, ${remove} to remove${keptText}.`;
}
