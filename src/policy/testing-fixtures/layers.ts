import type { CallerLayers, NamedPolicy, ResourceLayers } from "../access-layers.ts";
import { type AttachedPolicyKind, attachedPolicyKind } from "../attached-policy-kind.ts";
import type { AccessQuestion } from "../combine-layers.ts";
import { compilePolicy } from "../compile-policy.ts";
import { parsePolicyOf } from "../parse.ts";
import type { Principal } from "../request.ts";
import { accountId, roleArn, root, session, stranger, user } from "./principals.ts";
import { anonymous, policyOf } from "./statements.ts";

/** `Y`: allows the action. `N`: allows another. `D`: allows all and denies it. `-`: there is none. */
export type Mark = "Y" | "N" | "D" | "-";

export function marked(mark: Mark, kind: AttachedPolicyKind = "identity"): readonly NamedPolicy[] {
  if (mark === "-") return [];
  const anyone = kind === "resource-control" || kind === "vpc-endpoint" ? { Principal: "*" } : {};
  const statement = (Effect: string, Action: string) => ({
    Effect,
    ...anyone,
    Action,
    Resource: "*",
  });
  const Statement = {
    Y: [statement("Allow", "s3:GetObject")],
    N: [statement("Allow", "s3:PutObject")],
    D: [statement("Allow", "*"), statement("Deny", "s3:Get*")],
  }[mark];
  const text = JSON.stringify({ Version: "2012-10-17", Statement });
  return [{ name: kind, policy: compilePolicy(parsePolicyOf(attachedPolicyKind(kind), text)) }];
}

export const callers: Readonly<Record<string, Principal>> = {
  anonymous,
  root,
  session,
  user,
  stranger,
};

/** Whom the resource's policy allows the action; `deny`: everybody is denied. */
export const resourcePolicies = {
  none: undefined,
  silent: policyOf({ Principal: { AWS: "arn:aws:iam::111122223333:user/nobody" } }),
  everyone: policyOf({ Principal: "*" }),
  user: policyOf({ Principal: { AWS: user.arn } }),
  session: policyOf({ Principal: { AWS: session.arn } }),
  role: policyOf({ Principal: { AWS: roleArn } }),
  account: policyOf({ Principal: { AWS: accountId } }),
  stranger: policyOf({ Principal: { AWS: stranger.arn } }),
  strangers: policyOf({ Principal: { AWS: stranger.accountId } }),
  deny: policyOf({}, { Effect: "Deny", Action: "s3:Get*" }),
} as const;

export interface MarkedLayers {
  readonly identity?: Mark;
  readonly boundary?: Mark;
  readonly session?: Mark;
  /** Of the root and of the account. */
  readonly scp?: readonly Mark[];
  readonly rcp?: readonly Mark[];
  readonly endpoint?: Mark;
}

function callerLayers(marks: MarkedLayers): CallerLayers {
  const { identity = "-", boundary = "-", session: sessionMark = "-", scp } = marks;
  const [limit] = marked(boundary);
  const passed = marked(sessionMark);
  return {
    identity: marked(identity),
    ...(limit !== undefined && { boundary: limit }),
    ...(passed.length > 0 && { session: passed }),
    ...(scp !== undefined && {
      serviceControl: scp.map((mark) => marked(mark, "service-control")),
    }),
  };
}

function resourceLayers({ rcp, endpoint = "-" }: MarkedLayers): ResourceLayers {
  const [vpcEndpoint] = marked(endpoint, "vpc-endpoint");
  return {
    ...(vpcEndpoint !== undefined && { vpcEndpoint }),
    ...(rcp !== undefined && {
      resourceControl: rcp.map((mark) => marked(mark, "resource-control")),
    }),
  };
}

/** May `caller` get an object of 111122223333's bucket `data`? */
export function questionOf(
  caller: string,
  resource: keyof typeof resourcePolicies,
  marks: MarkedLayers,
): AccessQuestion {
  const principal = callers[caller] ?? anonymous;
  return {
    request: { principal, action: "s3:GetObject", resource: "arn:aws:s3:::data/a" },
    resourcePolicy: resourcePolicies[resource],
    caller: callerLayers(marks),
    ...resourceLayers(marks),
    sameAccount: principal.kind !== "anonymous" && principal.accountId === accountId,
  };
}
