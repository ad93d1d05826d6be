import type { OrganizationPolicies } from "../core/policy-sources.ts";
import { actionsOfPattern } from "./actions.ts";
import { attachedPolicyKind } from "./attached-policy-kind.ts";
import { type CompiledPolicy, compilePolicy } from "./compile-policy.ts";
import { judgeOpen } from "./judge-open.ts";
import { levelsIn } from "./organization-levels.ts";
import { parseStoredPolicyOf } from "./parse.ts";
import { type ContextFacts, requestContext } from "./request-context.ts";
import type { KnownPrincipal } from "./request.ts";

/** A limit that the organisation sets for sure, whatever else a request carries. */
export interface OrganizationLimit {
  readonly action: string;
  readonly layer: "service-control" | "resource-control";
}

export interface LimitedBucket {
  readonly bucket: string;
  readonly partition: string;
  readonly region: string;
}

/**
 * Which of the actions on the bucket, or on any object of it, the organisation's policies keep from somebody
 * of its account, who may do everything otherwise. What hangs on a request that nobody has made yet is none.
 * Throws PolicyError.
 */
export function organizationLimits(
  actions: readonly string[],
  { principal, isPathKnown }: Pick<ContextFacts, "isPathKnown"> & { principal: KnownPrincipal },
  organization: OrganizationPolicies | undefined,
  { bucket, partition, region }: LimitedBucket,
): readonly OrganizationLimit[] {
  const serviceControl = levelsIn(organization, "service-control");
  const resourceControl = levelsIn(organization, "resource-control");
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const { lookup, isOpenKey } = requestContext({
    principal,
    isPathKnown,
    tags: undefined,
    given: new Map(),
    known: new Map([["aws:requestedregion", region]]),
    // Statements that hang on the time are left open.
    now: new Date(0),
  });
  return actions.flatMap((action): OrganizationLimit[] => {
    const isOnObjects = [...actionsOfPattern(action).values()].includes("object");
    const verdict = judgeOpen(
      {
        request: {
          principal,
          action,
          resource: isOnObjects ? `${bucketArn}/any` : bucketArn,
          context: (key) => (isOfRequest(key) ? undefined : lookup(key)),
        },
        resourcePolicy: undefined,
        caller: {
          identity: [{ name: "everything", policy: everything }],
          ...(serviceControl !== undefined && { serviceControl }),
        },
        sameAccount: true,
        ...(resourceControl !== undefined && { resourceControl }),
      },
      { isOpenKey: (key) => isOfRequest(key) || isOpenKey(key), unreadable: new Set() },
    );
    if (verdict.outcome === "allowed" || verdict.outcome === "unknown") return [];
    const { layer } = verdict;
    return layer === "service-control" || layer === "resource-control" ? [{ action, layer }] : [];
  });
}

/** In words: which kind of policies keeps `whom` from what. */
export function describeLimits(limits: readonly OrganizationLimit[], whom: string): string {
  const kinds = (["service", "resource"] as const).flatMap((kind) => {
    const of = limits.filter(({ layer }) => layer === `${kind}-control`);
    if (of.length === 0) return [];
    const actions = of.map(({ action }) => action).join(", ");
    return [`${kind} control policies of the organisation keep ${whom} from ${actions}`];
  });
  return kinds.join("; ");
}

/** When it is made, and S3's own headers and parameters, which the next one may bring otherwise. */
function isOfRequest(key: string): boolean {
  return key === "aws:currenttime" || key === "aws:epochtime" || key.startsWith("s3:");
}

const everything: CompiledPolicy = compilePolicy(
  parseStoredPolicyOf(
    attachedPolicyKind("identity"),
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
  ).policy,
);
