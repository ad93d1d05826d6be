import type { AccessDecision, DeniedAccess } from "../policy/decide-access.ts";
import { type DenialVerdict, explainDenial } from "../policy/explain-denial.ts";

const refusals = new WeakMap<Error, DeniedAccess>();

/** Remembers with an error which decision it tells of, for those who run the server. */
export function refusedBy<Kind extends Error>(error: Kind, decision: AccessDecision): Kind {
  if (decision.outcome !== "allowed") refusals.set(error, decision);
  return error;
}

/** Why an error, or one that caused it, was thrown; undefined: not by a decision of policies. */
export function verdictOf(error: unknown): DenialVerdict | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const denied = refusals.get(cause);
    if (denied !== undefined) return explainDenial(denied);
  }
  return undefined;
}
