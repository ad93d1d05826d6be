import type { Finding, Mute, Remedy } from "../finding.ts";
import { aimCommand } from "./aim-command.ts";
import type { AnyAuditRule, AuditContext, Judgement } from "./audit-rule.ts";
import type { Fact, FactName, Facts } from "./facts.ts";
import { auditRules } from "./rule-list.ts";

export interface AuditOptions {
  readonly mutes?: readonly Mute[];
  /** `2026-11-26`, for mutes that end. */
  readonly today: string;
}

/** What every rule says of the facts. Pure. */
export function judgeFacts(facts: Facts, context: AuditContext, options: AuditOptions): Finding[] {
  return auditRules.map((rule) => findingOf(rule, facts, context, options));
}

function findingOf(
  rule: AnyAuditRule,
  facts: Facts,
  context: AuditContext,
  { mutes = [], today }: AuditOptions,
): Finding {
  const { id, title, severity, practice, sameAs = [] } = rule;
  const base = { id, title, severity, sameAs, ...(practice !== undefined && { practice }) };
  const judgement = judge(rule, facts, context);
  if (judgement.status === "muted") {
    const { reason, saw } = judgement;
    return { ...base, status: "muted", saw, muted: { id, reason } };
  }
  if (judgement.status !== "fail") return { ...base, ...judgement };
  const failure = { ...base, ...judgement, remedy: aimed(judgement.remedy, context) };
  const mute = mutes.find((one) => one.id === id);
  if (mute === undefined) return failure;
  if (mute.until === undefined || today <= mute.until) {
    return { ...failure, status: "muted", muted: mute };
  }
  return { ...failure, saw: `${judgement.saw} (it was muted until ${mute.until})` };
}

function aimed(remedy: Remedy, { endpointUrl }: AuditContext): Remedy {
  if (remedy.commands === undefined) return remedy;
  return { ...remedy, commands: remedy.commands.map((line) => aimCommand(line, endpointUrl)) };
}

function judge(rule: AnyAuditRule, facts: Facts, context: AuditContext): Judgement {
  const given: Record<string, unknown> = {};
  for (const name of rule.needs) {
    const fact = factOf(facts, name);
    if (fact.state === "not-supported") return { status: "not-applicable", saw: fact.reason };
    if (fact.state === "unknown") return { status: "unknown", saw: fact.reason };
    given[name] = fact.value;
  }
  for (const name of rule.uses ?? []) given[name] = factOf(facts, name);
  try {
    // Made of what the rule says it takes.
    return rule.judge(given as never, context);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "PolicyError") throw error;
    return { status: "unknown", saw: `the policy could not be read: ${error.message}` };
  }
}

function factOf(facts: Facts, name: FactName): Fact<unknown> {
  return facts[name] ?? { state: "unknown", reason: "it was not looked at" };
}
