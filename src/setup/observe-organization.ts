import type { PolicySources } from "../core/policy-sources.ts";
import { isNotSupported, reasonOf } from "../core/reading.ts";
import { essentialActions } from "../policy/lock-out.ts";
import type { SetupTarget } from "./aspect.ts";
import { usesTls, type DesiredState } from "./desired-state.ts";
import { isRefusal } from "./is-refusal.ts";
import type { ObservedCaller, ObservedOrganization } from "./observed-state.ts";
import { principalOfArn, type ResolvedPrincipal } from "./resolve-principals.ts";

/**
 * What the organisation keeps from the bucket's account: its policies themselves, else what IAM's simulator
 * says of the caller. Undefined: no policy is wished for, or the store knows no organisations. Throws Aborted
 * alone.
 */
export async function observeOrganization(
  { policies }: SetupTarget,
  desired: DesiredState,
  caller: ObservedCaller | undefined,
  principals: readonly ResolvedPrincipal[],
): Promise<ObservedOrganization | undefined> {
  if (policies === undefined || caller === undefined || desired.policy === "unmanaged") {
    return undefined;
  }
  const owner = desired.ownerAccountId ?? caller.accountId;
  try {
    return { state: "known", policies: await policies.organizationPolicies(owner) };
  } catch (error) {
    if (isNotSupported(error)) return undefined;
    if (!isRefusal(error)) throw error;
    const callersArn = arnOf(caller, principals);
    const isCallers = callersArn !== undefined && owner === caller.accountId;
    const simulated = isCallers
      ? await simulatedLimits(policies, callersArn, caller, desired)
      : undefined;
    return { state: "unknown", reason: reasonOf(error), simulated };
  }
}

/** As IAM names the caller's user or role; the simulator knows no sessions and no root user. */
function arnOf(
  { arn }: ObservedCaller,
  principals: readonly ResolvedPrincipal[],
): string | undefined {
  const found = principals.find(({ asked }) => asked === arn) ?? principalOfArn(arn);
  return found.kind === "role" || found.kind === "user" ? found.arn : undefined;
}

async function simulatedLimits(
  policies: PolicySources,
  principalArn: string,
  { partition }: ObservedCaller,
  desired: DesiredState,
): Promise<readonly string[] | undefined> {
  const bucketArn = `arn:${partition}:s3:::${desired.bucket}`;
  const context = new Map([["aws:securetransport", String(usesTls(desired))]]);
  const kept: string[] = [];
  try {
    for (const action of essentialActions) {
      const resource = action === "s3:PutObject" ? `${bucketArn}/any` : bucketArn;
      const wish = { principalArn, action, resource, context };
      if ((await policies.simulateOrganization(wish)).allowed === false) kept.push(action);
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return undefined;
  }
  return kept;
}
