import { decideAccess } from "../../../policy/decide-access.ts";
import type { AuthenticatedCaller } from "../../caller.ts";
import {
  account,
  accountId,
  policy,
  role,
  strangeAccountId,
  type StsAnswer,
  type StsWorld,
  trust,
  user,
} from "./sts-world.ts";

export const everything = "arn:aws:iam::aws:policy/AdministratorAccess";
export const hour = 3600;
export const roleArn = (name: string, id = accountId): string => `arn:aws:iam::${id}:role/${name}`;
export const may = (action: string) => policy({ Action: action, Resource: "*" });
export const assuming = { inline: { assume: may("sts:AssumeRole") } };
const own = { AWS: accountId };
const chained = { AWS: roleArn("First") };

export const stsAccounts = [
  account(accountId, {
    rootKeys: [{ accessKeyId: "AKIAroot", secretAccessKey: "secret of root" }],
    policies: [{ name: "reads", path: "/", document: may("s3:Get*") }],
    users: [
      user("plain"),
      user("named"),
      user("may", assuming),
      user("admin", { attached: [everything] }),
    ],
    roles: [
      role("Delegated", { attached: [everything] }),
      role("ForNamed", { trustPolicy: trust({ AWS: `arn:aws:iam::${accountId}:user/named` }) }),
      role("ForStrangers", { trustPolicy: trust({ AWS: strangeAccountId }) }),
      role("External", {
        trustPolicy: trust(own, {
          Condition: { StringEquals: { "sts:ExternalId": "quartz-7" } },
        }),
      }),
      role("ForNames", {
        trustPolicy: trust(own, { Condition: { StringLike: { "sts:RoleSessionName": "ci-*" } } }),
      }),
      role("ForPrincipal", {
        trustPolicy: trust(own, {
          Condition: { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${accountId}:user/m*` } },
        }),
      }),
      role("WithMfa", {
        trustPolicy: trust(own, {
          Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
        }),
      }),
      role("FromHome", {
        trustPolicy: trust(own, { Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } }),
      }),
      role("Refusing", {
        trustPolicy: policy(
          { Principal: own, Action: "sts:AssumeRole" },
          { Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" },
        ),
      }),
      role("Long", { maxSessionSeconds: 4 * hour }),
      role("First", {
        ...assuming,
        trustPolicy: trust(own, {
          Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        }),
      }),
      role("Second", {
        trustPolicy: trust(chained, {
          Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        }),
        maxSessionSeconds: 4 * hour,
      }),
      role("SecondWithoutTags", { trustPolicy: trust(chained) }),
      role("Pathed", { path: "/team/" }),
      role("Tagged", { attached: [everything], tags: [{ Key: "team", Value: "red" }] }),
    ],
  }),
  account(strangeAccountId, {
    policies: [{ name: "theirs", path: "/", document: may("s3:Get*") }],
    users: [user("stranger", { attached: [everything] }), user("unable")],
  }),
];

export type Parameters = Readonly<Record<string, string | number>>;

export function assumeIn(
  world: StsWorld,
  as: string | AuthenticatedCaller,
  name: string,
  parameters: Parameters = {},
  context: Readonly<Record<string, string>> = {},
): StsAnswer {
  const caller = typeof as === "string" ? world.caller(`AKIA${as}`) : as;
  const RoleArn = name.startsWith("arn:") ? name : roleArn(name);
  const all = { RoleArn, RoleSessionName: "session", ...parameters };
  return world.call(caller, "AssumeRole", all, context);
}

export function allows(caller: AuthenticatedCaller, action: string): boolean {
  const decision = decideAccess({
    request: { principal: caller, action, resource: "arn:aws:s3:::bkt/key" },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
  });
  return decision.outcome === "allowed";
}

export function denied(action: string, name: string, who: string): string {
  return (
    `AccessDenied: User: ${who} is not authorized to perform: sts:${action} on resource: ` +
    (name.startsWith("arn:") ? name : roleArn(name))
  );
}

export const userArn = (name: string, id = accountId): string => `arn:aws:iam::${id}:user/${name}`;
