import { element, optionalElement } from "../../protocol/xml/render.ts";
import { QueryError } from "../aws-query/query-error.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import { credentialsElement, issueSession } from "./issue-session.ts";
import { readMfa } from "./mfa.ts";
import type { SessionGrant } from "./session-grant.ts";
import { assertSessionPolicies, packedSize, readSessionPolicies } from "./session-limits.ts";
import { assertSessionTags, readSessionTags } from "./session-tags.ts";
import type { StsCall, StsOperation } from "./sts-call.ts";
import { assertPermitted } from "./sts-permission.ts";
import { stsLimits, stsRules } from "./sts-rules.ts";

/** Temporary keys of the user itself, which needs no permission. */
export const getSessionToken: StsOperation = (call) => {
  const { caller, input } = call;
  const seconds = readUserSeconds(call);
  const mfa = readMfa(input);
  input.assertSound();
  assertPermanent(caller, "GetSessionToken");
  mfa.assertGood();
  const { accountId } = caller;
  const principal: SessionGrant["principal"] =
    caller.kind === "root" ? { kind: "root" } : { kind: "user", ...userOf(caller) };
  return [credentialsElement(issueSession(call, { accountId, principal }, seconds))];
};

/** Temporary keys with the user's policies, as far as those of the request allow. */
export const getFederationToken: StsOperation = (call) => {
  const { caller, input, identities } = call;
  const name = input.required("Name", stsRules.federatedName);
  const policies = readSessionPolicies(input);
  const { tags } = readSessionTags(input);
  const seconds = readUserSeconds(call);
  input.assertSound();
  assertSessionTags({ tags, transitiveTagKeys: [] });
  assertPermanent(caller, "GetFederationToken");
  const { accountId } = caller;
  const [, partition] = caller.arn.split(":");
  const arn = `arn:${partition}:sts::${accountId}:federated-user/${name}`;
  assertPermitted(call, "GetFederationToken", arn);
  if (tags.length > 0) assertPermitted(call, "TagSession", arn);
  assertSessionPolicies(policies, accountId, identities);
  const packed = packedSize(policies, tags);
  const user = caller.kind === "root" ? undefined : userOf(caller);
  const principal: SessionGrant["principal"] = { kind: "federated-user", name, user };
  const issued = issueSession(call, { accountId, principal, ...policies, tags }, seconds);
  return [
    credentialsElement(issued),
    element(
      "FederatedUser",
      element("FederatedUserId", `${accountId}:${name}`),
      element("Arn", arn),
    ),
    ...[optionalElement("PackedPolicySize", packed)].filter((node) => node !== undefined),
  ];
};

/** The root user's keys last an hour at most. */
function readUserSeconds({ input, caller }: StsCall): number {
  const { minSeconds, maxUserSeconds, defaultUserSeconds, rootSeconds } = stsLimits;
  const seconds =
    input.whole("DurationSeconds", { min: minSeconds, max: maxUserSeconds }) ?? defaultUserSeconds;
  return caller.kind === "root" ? Math.min(seconds, rootSeconds) : seconds;
}

function userOf({ arn, userId }: AuthenticatedCaller): { name: string; id: string } {
  return { name: arn.slice(arn.lastIndexOf("/") + 1), id: userId };
}

function assertPermanent({ issuedAt }: AuthenticatedCaller, action: string): void {
  if (issuedAt === undefined) return;
  throw new QueryError("AccessDenied", `Cannot call ${action} with session credentials`, 403);
}
