import { essentialActions, type AskedPrincipal } from "../policy/lock-out.ts";
import {
  describeLimits,
  type OrganizationLimit,
  organizationLimits,
} from "../policy/organization-limits.ts";
import { PolicyError } from "../policy/policy-error.ts";
import type { KnownPrincipal } from "../policy/request.ts";
import type { Blocker, Note } from "./aspect.ts";
import type { DesiredState } from "./desired-state.ts";
import type { ObservedState } from "./observed-state.ts";

interface OrganizationCheck {
  readonly blockers: readonly Blocker[];
  readonly notes: readonly Note[];
  /** Why not even the account's root user could take a policy back; undefined: it could, or it is not known. */
  readonly rootLacks: string | undefined;
}

const unchecked: OrganizationCheck = { blockers: [], notes: [], rootLacks: undefined };

/** Who uses the bucket needs these; who sets it up needs all that is essential. */
const usedActions: readonly string[] = ["s3:GetBucketLocation", "s3:ListBucket", "s3:PutObject"];

/**
 * What the organisation keeps from those for whom the bucket is set up (the caller first), whatever the
 * bucket's policy allows, so that it is told before anything is written.
 */
export function checkOrganization(
  [caller, ...others]: readonly AskedPrincipal[],
  desired: DesiredState,
  observed: ObservedState,
): OrganizationCheck {
  const { organization } = observed;
  if (organization === undefined || caller === undefined) return unchecked;
  if (organization.state === "unknown") return { ...unchecked, notes: notVisible(organization) };
  try {
    return check(caller, others, limitsIn(organization.policies, desired, observed));
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const { message: reason } = error;
    return { ...unchecked, notes: notVisible({ reason, simulated: undefined }) };
  }
}

type LimitsOf = (
  principal: AskedPrincipal,
  actions: readonly string[],
) => readonly OrganizationLimit[];

function limitsIn(
  policies: Parameters<typeof organizationLimits>[2],
  { bucket, region, ownerAccountId }: DesiredState,
  { caller }: ObservedState,
): LimitsOf {
  const owner = ownerAccountId ?? caller?.accountId;
  const place = { bucket, region, partition: caller?.partition ?? "aws" };
  return (principal, actions) => {
    const isPathKnown = principal.possibleArns === undefined;
    const limits = organizationLimits(actions, { principal, isPathKnown }, policies, place);
    // Service control policies are of whoever asks, those on resources of the bucket's account.
    return limits.filter(
      ({ layer }) => layer === "resource-control" || principal.accountId === owner,
    );
  };
}

function check(
  caller: AskedPrincipal,
  others: readonly AskedPrincipal[],
  limitsOf: LimitsOf,
): OrganizationCheck {
  const ofCaller = limitsOf(caller, essentialActions);
  // Who may put another policy is not locked out for want of deleting it.
  const isDeletingAlone = ofCaller.every(({ action }) => action === "s3:DeleteBucketPolicy");
  const told = describeLimits(ofCaller, caller.arn);
  const blocked = [
    ...(isDeletingAlone ? [] : [told]),
    ...others.flatMap((other) => {
      const text = describeLimits(limitsOf(other, usedActions), other.arn);
      return text === "" ? [] : [text];
    }),
  ];
  const ofRoot = limitsOf(rootOf(caller), ["s3:DeleteBucketPolicy"]);
  return {
    blockers: blocked.map((text) => ({
      code: "lock-out",
      message: `${capital(text)}, whatever the bucket's policy allows.`,
      remedy:
        "Ask the organisation's administrators to allow it, or allow the lock-out expressly (--allow-lock-out).",
    })),
    notes: isDeletingAlone && told !== "" ? [{ level: "warning", text: `${capital(told)}.` }] : [],
    rootLacks: ofRoot.length === 0 ? undefined : describeLimits(ofRoot, "even the root user"),
  };
}

function rootOf({ accountId, arn }: KnownPrincipal): KnownPrincipal {
  const root = `arn:${arn.split(":")[1] ?? "aws"}:iam::${accountId}:root`;
  return { kind: "root", accountId, arn: root, principalArn: root, userId: accountId };
}

function notVisible({
  reason,
  simulated,
}: {
  readonly reason: string;
  readonly simulated: readonly string[] | undefined;
}): Note[] {
  const rest =
    simulated === undefined
      ? "a lock-out by them would go unseen"
      : "IAM's simulator tells of service control policies for the caller alone, so that other lock-outs by " +
        "them would go unseen";
  const hidden: Note = {
    level: "info",
    text: `Not visible: the organisation's policies (${reason}); ${rest}.`,
  };
  if (simulated === undefined || simulated.length === 0) return [hidden];
  const text =
    `Service control policies of the organisation may keep the caller from ${simulated.join(", ")}, ` +
    "says IAM's simulator.";
  return [{ level: "warning", text }, hidden];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
