import { element, optionalElement, type XmlNode } from "../../protocol/xml/render.ts";
import { QueryError, validationError } from "../aws-query/query-error.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import type { ResolvedRole } from "../identities/identities.ts";
import { refusedBy } from "../refusals.ts";
import { decideOnRole, findRoleByArn, notAuthorized, type RoleRequest } from "./assumable-role.ts";
import { credentialsElement, type IssuedSession, issueSession } from "./issue-session.ts";
import { readMfa } from "./mfa.ts";
import type { SessionGrant } from "./session-grant.ts";
import { assertSessionPolicies, packedSize, readSessionPolicies } from "./session-limits.ts";
import { assertSessionTags, readSessionTags, withInheritedTags } from "./session-tags.ts";
import type { StsCall, StsOperation } from "./sts-call.ts";
import { stsLimits, stsRules } from "./sts-rules.ts";

/** Keys of a role, for who is trusted with it. Source: STS API reference, AssumeRole. */
export const assumeRole: StsOperation = (call) => {
  const { caller, input, identities } = call;
  const roleArn = input.required("RoleArn", stsRules.arn);
  const sessionName = input.required("RoleSessionName", stsRules.roleSessionName);
  const policies = readSessionPolicies(input);
  const seconds = readRoleSeconds(call);
  const tags = readSessionTags(input);
  const externalId = input.text("ExternalId", stsRules.externalId);
  const asked = input.text("SourceIdentity", stsRules.sourceIdentity);
  const mfa = readMfa(input);
  input.assertSound();
  assertSessionTags(tags);
  const role = findRoleByArn(identities, roleArn);
  assertMayAssume(caller);
  mfa.assertGood();
  if (role === undefined) throw notAuthorized(caller, "AssumeRole", roleArn);
  const sourceIdentity = asked ?? caller.session?.sourceIdentity;
  assertAllowed(call, { role, sessionName, seconds, tags, externalId, sourceIdentity });
  const { accountId } = role.role;
  assertSessionPolicies(policies, accountId, identities);
  const all = withInheritedTags(tags, caller);
  const packed = packedSize(policies, all.tags);
  const lasting = durationOf(role, seconds, caller.kind === "assumed-role");
  const issued = issueSession(
    call,
    {
      accountId,
      principal: { kind: "role", name: role.role.name, id: role.role.id, session: sessionName },
      ...policies,
      ...all,
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
    lasting,
  );
  return [...roleSession(role, issued), ...furtherElements(packed, sourceIdentity)];
};

export function readRoleSeconds({ input }: Pick<StsCall, "input">): number | undefined {
  const { minSeconds, maxRoleSeconds } = stsLimits;
  return input.whole("DurationSeconds", { min: minSeconds, max: maxRoleSeconds });
}

/** Throws QueryError ValidationError. `isChained`: with the keys of another role. */
export function durationOf(
  { role }: ResolvedRole,
  seconds: number | undefined,
  isChained: boolean,
): number {
  if (seconds === undefined) return stsLimits.defaultRoleSeconds;
  if (isChained && seconds > stsLimits.chainedSeconds) {
    throw validationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  }
  if (seconds <= role.maxSessionSeconds) return seconds;
  throw validationError(
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  );
}

/** Who got what. */
export function roleSession(role: ResolvedRole, issued: IssuedSession): readonly XmlNode[] {
  const [, partition] = role.arn.split(":");
  const { accountId, name, id } = role.role;
  const session = sessionNameOf(issued.grant);
  return [
    credentialsElement(issued),
    element(
      "AssumedRoleUser",
      element("AssumedRoleId", `${id}:${session}`),
      element("Arn", `arn:${partition}:sts::${accountId}:assumed-role/${name}/${session}`),
    ),
  ];
}

export function furtherElements(
  packed: number | undefined,
  sourceIdentity: string | undefined,
): readonly XmlNode[] {
  return [
    optionalElement("PackedPolicySize", packed),
    optionalElement("SourceIdentity", sourceIdentity),
  ].filter((node) => node !== undefined);
}

function sessionNameOf({ principal }: SessionGrant): string {
  return principal.kind === "role" ? principal.session : "";
}

function assertMayAssume(caller: AuthenticatedCaller): void {
  if (caller.kind === "root") {
    throw new QueryError("AccessDenied", "Roles may not be assumed by root accounts.", 403);
  }
}

/**
 * Tags and a source identity need a permission of their own, those that a session hands on as well; and
 * a source identity stays what it is.
 */
function assertAllowed(call: StsCall, request: RoleRequest): void {
  const { session } = call.caller;
  const { role, tags, sourceIdentity } = request;
  const handsOn = (session?.transitiveTagKeys ?? []).length > 0;
  assertAction(call, "AssumeRole", request);
  if (tags.tags.length > 0 || handsOn) assertAction(call, "TagSession", request);
  if (sourceIdentity === undefined) return;
  assertAction(call, "SetSourceIdentity", request);
  const kept = session?.sourceIdentity ?? sourceIdentity;
  if (kept !== sourceIdentity) throw notAuthorized(call.caller, "SetSourceIdentity", role.arn);
}

/** A Deny is told to callers of the role's own account. */
function assertAction(call: StsCall, action: string, request: RoleRequest): void {
  const { caller } = call;
  const { accountId } = request.role.role;
  const decision = decideOnRole(call, caller, action, request);
  if (decision.outcome === "allowed") return;
  const denial = notAuthorized(caller, action, request.role.arn);
  const isTold = decision.outcome === "explicitDeny" && caller.accountId === accountId;
  const told = new QueryError(denial.code, decision.message.replaceAll(`"`, ""), denial.status);
  throw refusedBy(isTold ? told : denial, decision);
}
