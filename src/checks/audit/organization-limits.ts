import type { OrganizationPolicies } from "../../core/policy-sources.ts";
import { type CompiledPolicy, compilePolicy } from "../../policy/compile-policy.ts";
import { judgeOpen } from "../../policy/judge-open.ts";
import { parseStoredPolicyOf } from "../../policy/parse.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import type { KnownPrincipal } from "../../policy/request.ts";
import { levelsIn } from "../explain/gather-organization.ts";
import { type ContextFacts, requestContext } from "../explain/request-context.ts";
import type { AuditContext } from "./audit-rule.ts";
import { arnOf } from "./policy-view.ts";

/** A limit that the organisation sets for sure, whatever else a request carries. */
export interface OrganizationLimit {
  readonly action: string;
  readonly layer: "service-control" | "resource-control";
}

/**
 * Which of the actions on the bucket the organisation's policies keep from somebody of its account, who
 * may do everything otherwise. What hangs on a request that nobody has made yet is none.
 */
export function organizationLimits(
  actions: readonly string[],
  { principal, isPathKnown }: Pick<ContextFacts, "isPathKnown"> & { principal: KnownPrincipal },
  organization: OrganizationPolicies | undefined,
  place: Pick<AuditContext, "bucket" | "partition" | "region">,
): readonly OrganizationLimit[] {
  const serviceControl = levelsIn(organization, "service-control");
  const resourceControl = levelsIn(organization, "resource-control");
  const { lookup, isOpenKey } = requestContext({
    principal,
    isPathKnown,
    tags: undefined,
    given: new Map(),
    known: new Map([["aws:requestedregion", place.region]]),
    // Statements that hang on the time are left open.
    now: new Date(0),
  });
  return actions.flatMap((action): OrganizationLimit[] => {
    const verdict = judgeOpen(
      {
        request: {
          principal,
          action,
          resource: arnOf(place),
          context: (key) => (isTime(key) ? undefined : lookup(key)),
        },
        resourcePolicy: undefined,
        caller: {
          identity: [{ name: "everything", policy: everything }],
          ...(serviceControl !== undefined && { serviceControl }),
        },
        sameAccount: true,
        ...(resourceControl !== undefined && { resourceControl }),
      },
      { isOpenKey: (key) => isTime(key) || isOpenKey(key), unreadable: new Set() },
    );
    if (verdict.outcome === "allowed" || verdict.outcome === "unknown") return [];
    const { layer } = verdict;
    return layer === "service-control" || layer === "resource-control" ? [{ action, layer }] : [];
  });
}

function isTime(key: string): boolean {
  return key === "aws:currenttime" || key === "aws:epochtime";
}

const everything: CompiledPolicy = compilePolicy(
  parseStoredPolicyOf(
    attachedPolicyKind("identity"),
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
  ).policy,
);
