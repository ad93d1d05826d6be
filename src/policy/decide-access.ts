import type { LayerName } from "./access-layers.ts";
import {
  type AccessQuestion,
  type Assess,
  type Assessment,
  combineLayers,
} from "./combine-layers.ts";
import type { CompiledPolicy } from "./compile-policy.ts";
import { prepareRequest } from "./compile-statement.ts";
import { denialMessage } from "./denial-message.ts";
import { assessPolicy } from "./evaluate.ts";

export type AccessDecision = AllowedAccess | DeniedAccess;

interface AllowedAccess {
  readonly outcome: "allowed";
  /** What allowed it; of several the resource's policy, where that alone would have been enough. */
  readonly by: "resource" | "identity" | "owner-root";
}

export interface DeniedAccess {
  readonly outcome: "explicitDeny" | "implicitDeny";
  /** Where the Deny stands, or the Allow is missing. Of several the first in AWS's order. */
  readonly layer: LayerName | "public-access-block";
  /** The text of AccessDenied; in full only for callers of the owner's account or organisation. */
  readonly message: string;
  /** For `explainDenial`. */
  readonly question: AccessQuestion;
}

/** What all layers say of a request. Pure. See `combineLayers` for the rules and their sources. */
export function decideAccess(question: AccessQuestion): AccessDecision {
  const combined = combineLayers(question, assessorOf(question));
  if (combined.outcome === "allowed") return combined;
  return { ...combined, message: denialMessage(question, combined), question };
}

function assessorOf({ request }: AccessQuestion): Assess {
  const prepared = prepareRequest(request);
  // Each is asked for its Denies first and for its Allows later.
  const assessed = new Map<CompiledPolicy, Assessment>();
  return (policy) => {
    const known = assessed.get(policy);
    if (known !== undefined) return known;
    const assessment = assessPolicy(policy, prepared);
    assessed.set(policy, assessment);
    return assessment;
  };
}
