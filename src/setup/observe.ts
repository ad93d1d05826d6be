import type { BucketAdmin, BucketPresence } from "../core/bucket-admin.ts";
import { isStorageError } from "../core/errors.ts";
import { partitionOfArn, partitionOfRegion } from "../core/partition.ts";
import { aspects } from "./aspect-list.ts";
import type { SetupTarget } from "./aspect.ts";
import type { AspectName } from "./aspect-name.ts";
import { usesTls, type DesiredState } from "./desired-state.ts";
import type { ObservedCaller, ObservedState } from "./observed-state.ts";
import { observeOrganization } from "./observe-organization.ts";
import { findOwnAccess } from "./own-access.ts";
import { usualAccess } from "./policy-statements.ts";
import { isNotSupported, reasonOf, type Reading } from "../core/reading.ts";
import { resolvePrincipal, type ResolvedPrincipal } from "./resolve-principals.ts";

/**
 * Reads everything that a plan needs and changes nothing. Throws what keeps it from seeing at all
 * (network, expired keys); a denied or unsupported read is part of the answer.
 */
export async function observe(target: SetupTarget, desired: DesiredState): Promise<ObservedState> {
  const identity = await observeCaller(target.admin, desired);
  const named = await observePrincipals(target.admin, desired, identity.caller);
  const principals = await withOwnAccess(target, desired, identity.caller, named);
  const organization = await observeOrganization(target, desired, identity.caller, principals);
  const presence = await target.admin.headBucket(desired.bucket);
  const readings: Partial<Record<AspectName, Reading>> = {};
  for (const aspect of aspects) {
    readings[aspect.name] =
      aspect.needsBucket && presence.state !== "present"
        ? unseen(presence)
        : await aspect.observe(target, desired);
  }
  return {
    bucket: desired.bucket,
    presence,
    ...identity,
    principals,
    readings: readings as Record<AspectName, Reading>,
    ...(organization !== undefined && { organization }),
  };
}

function unseen(presence: BucketPresence): Reading {
  if (presence.state === "absent") return { state: "no-bucket" };
  return { state: "unreadable", reason: "the bucket itself is out of reach" };
}

interface ObservedIdentity {
  readonly caller: ObservedCaller | undefined;
  readonly callerProblem: string | undefined;
}

async function observeCaller(admin: BucketAdmin, desired: DesiredState): Promise<ObservedIdentity> {
  try {
    const identity = await admin.getCallerIdentity();
    const partition = partitionOfArn(identity.arn) ?? partitionOfRegion(desired.region).id;
    return { caller: { ...identity, partition }, callerProblem: undefined };
  } catch (error) {
    if (!isNotSupported(error) && !isStorageError(error, "PermissionDenied")) throw error;
    const callerProblem = `the store does not say who is asking (${reasonOf(error)})`;
    return { caller: undefined, callerProblem };
  }
}

async function observePrincipals(
  admin: BucketAdmin,
  desired: DesiredState,
  caller: ObservedCaller | undefined,
): Promise<ResolvedPrincipal[]> {
  if (typeof desired.policy === "string") return [];
  if (desired.policy.access === "none" && desired.policy.guard !== "principals") return [];
  const { principals = "caller" } = desired.policy;
  if (principals === "caller")
    return caller === undefined ? [] : [await resolvePrincipal(admin, caller)];
  const resolved: ResolvedPrincipal[] = [];
  for (const arn of principals) resolved.push(await resolvePrincipal(admin, { arn }));
  return resolved;
}

/** Of principals of the bucket's own account: in one account either policy may allow. */
async function withOwnAccess(
  { policies }: SetupTarget,
  { policy, ...desired }: DesiredState,
  caller: ObservedCaller | undefined,
  principals: readonly ResolvedPrincipal[],
): Promise<readonly ResolvedPrincipal[]> {
  if (policies === undefined || caller === undefined || typeof policy === "string") {
    return principals;
  }
  const preset = policy.access ?? usualAccess;
  const owner = desired.ownerAccountId ?? caller.accountId;
  if (preset === "none" || owner !== caller.accountId) return principals;
  const context = new Map([["aws:securetransport", String(usesTls(desired))]]);
  const question = { preset, context, partition: caller.partition, bucket: desired.bucket };
  const judged: ResolvedPrincipal[] = [];
  for (const each of principals) {
    const isOwn = each.accountId === owner && (each.kind === "role" || each.kind === "user");
    judged.push(isOwn ? { ...each, own: await findOwnAccess(policies, each, question) } : each);
  }
  return judged;
}
