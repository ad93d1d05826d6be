import type { AccessDecision, DeniedAccess } from "../policy/decide-access.ts";
import { type DenialVerdict, explainDenial } from "../policy/explain-denial.ts";

const refusals = new WeakMap<Error, DeniedAccess>();

/** Remembers with an error which decision it tells of, for those who run the server. */
export function refusedBy<Kind extends Error>(error: Kind, decision: AccessDecision): Kind {
  if (decision.outcome !== "allowed") refusals.set(error, decision);
  return error;
}

/**
 * Why an error, or one that caused it, was thrown; undefined: not by a decision of policies. Policies keep users
 * and roles by their unique ids; `arnOfId` tells who they are.
 */
export function verdictOf(
  error: unknown,
  arnOfId: (id: string) => string | undefined,
): DenialVerdict | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const denied = refusals.get(cause);
    if (denied !== undefined) return withNames(explainDenial(denied), arnOfId);
  }
  return undefined;
}

function withNames(
  verdict: DenialVerdict,
  arnOfId: (id: string) => string | undefined,
): DenialVerdict {
  const { nearestMiss } = verdict;
  if (nearestMiss === undefined) return verdict;
  const failed = nearestMiss.failed.map(({ element, detail }) => ({
    element,
    detail: element === "principal" ? named(detail, arnOfId) : detail,
  }));
  return { ...verdict, nearestMiss: { ...nearestMiss, failed } };
}

function named(text: string, arnOfId: (id: string) => string | undefined): string {
  return text.replaceAll(/\b(?:AIDA|AROA)[A-Z0-9]{12,}\b/g, (id) => {
    return arnOfId(id) ?? `${id} (of somebody who is no more)`;
  });
}
