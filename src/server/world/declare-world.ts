import { createHash } from "node:crypto";
import type { Tag } from "../../core/bucket-settings.ts";
import type {
  Declaration,
  DeclaredAccount,
  DeclaredKey,
  DeclaredRole,
} from "../iam/declaration.ts";
import { iamArn } from "../iam/iam-arn.ts";
import type { WorldAccessKey, WorldAccount, WorldGroup } from "./account-shape.ts";
import { declareOrganization } from "./declare-organization.ts";
import type { WorldPermissionSet } from "./sso-shape.ts";
import type { World } from "./world.ts";
import { assignedSets, permissionSetRole } from "./world-arns.ts";

/** What the world leaves out of an access key, by the holder's place and the key's index there. */
export type KeyMaker = (holder: string, index: number) => DeclaredKey;

/** The identities of a world, as IAM's directory takes them. `partition`: of accounts that name none. */
export function declareWorld(
  world: World,
  { partition, makeKey }: { readonly partition: string; readonly makeKey: KeyMaker },
): Declaration {
  const sets = assignedSets(world);
  return {
    accounts: [...world.accounts].map(([id, account]) =>
      declareAccount({
        id,
        partition: account.partition ?? partition,
        account,
        makeKey,
        permissionSets: [...(sets.get(id) ?? [])].flatMap((name) => {
          const set = world.sso?.permissionSets.get(name);
          return set === undefined ? [] : [{ name, set }];
        }),
      }),
    ),
    ...(world.organization !== undefined && {
      organization: declareOrganization(world.organization),
    }),
  };
}

interface AccountDeclaration {
  readonly id: string;
  readonly partition: string;
  readonly account: WorldAccount;
  readonly makeKey: KeyMaker;
  readonly permissionSets: readonly { readonly name: string; readonly set: WorldPermissionSet }[];
}

function declareAccount(declaration: AccountDeclaration): DeclaredAccount {
  const { id, partition, account, permissionSets } = declaration;
  const arns = (references: readonly string[]) =>
    references.map((reference) => policyArn(declaration, reference));
  const holder = ({ policies, attached }: Pick<WorldGroup, "policies" | "attached">) => ({
    inline: Object.fromEntries(policies),
    attached: arns(attached),
  });
  const boundaryOf = ({ boundary }: { readonly boundary?: string }) =>
    boundary === undefined ? {} : { boundary: policyArn(declaration, boundary) };
  return {
    id,
    partition,
    ...(account.alias !== undefined && { alias: account.alias }),
    oidcProviders: [...account.oidcProviders].map(([issuer, { clientIds }]) => ({
      issuer,
      clientIds,
    })),
    rootKeys: keysOf(declaration, `${id}/root`, account.root?.accessKeys ?? []),
    policies: [...account.policies].map(([name, { path, description, document }]) => ({
      name,
      path,
      document,
      ...(description !== undefined && { description }),
    })),
    groups: [...account.groups].map(([name, group]) => ({
      name,
      path: group.path,
      ...holder(group),
    })),
    users: [...account.users].map(([name, user]) => ({
      name,
      path: user.path,
      ...holder(user),
      ...boundaryOf(user),
      tags: tagsOf(user.tags),
      groups: user.groups,
      accessKeys: keysOf(declaration, `${id}/user/${name}`, user.accessKeys),
    })),
    roles: [
      ...[...account.roles].map(([name, role]) => ({
        name,
        path: role.path,
        ...holder(role),
        ...boundaryOf(role),
        tags: tagsOf(role.tags),
        trustPolicy: role.trust,
        ...(role.description !== undefined && { description: role.description }),
        maxSessionSeconds: role.maxSessionDuration,
        sessions: [],
      })),
      ...permissionSets.map(({ name, set }) => permissionSetDeclaration(declaration, name, set)),
    ],
  };
}

/** Source: IAM Identity Center User Guide, "Permission sets"; roles as AWS makes them. */
function permissionSetDeclaration(
  declaration: AccountDeclaration,
  setName: string,
  set: WorldPermissionSet,
): DeclaredRole {
  const { id, partition } = declaration;
  const { name, path } = permissionSetRole(id, setName);
  return {
    name,
    path,
    ...(set.description !== undefined && { description: set.description }),
    inline: set.policy === undefined ? {} : { AwsSSOInlinePolicy: set.policy },
    attached: set.attached.map((reference) => policyArn(declaration, reference)),
    ...(set.boundary !== undefined && { boundary: policyArn(declaration, set.boundary) }),
    tags: [],
    trustPolicy: portalTrust(id, partition),
    maxSessionSeconds: 43_200,
    sessions: [],
  };
}

function portalTrust(accountId: string, partition: string): string {
  const instance = createHash("sha256").update(accountId).digest("hex").slice(0, 16);
  const provider = `saml-provider/AWSSSO_${instance}_DO_NOT_DELETE`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:${partition}:iam::${accountId}:${provider}` },
        Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
      },
    ],
  });
}

function policyArn({ id, partition, account }: AccountDeclaration, reference: string): string {
  if (reference.startsWith("arn:")) return reference;
  const path = account.policies.get(reference)?.path ?? "/";
  return iamArn({ id, partition }, "policy", { path, name: reference });
}

function keysOf(
  { makeKey }: AccountDeclaration,
  holder: string,
  keys: readonly WorldAccessKey[],
): DeclaredKey[] {
  return keys.map(({ accessKeyId, secretAccessKey, status }, index) => ({
    ...(accessKeyId !== undefined && secretAccessKey !== undefined
      ? { accessKeyId, secretAccessKey }
      : { ...makeKey(holder, index), ...(accessKeyId !== undefined && { accessKeyId }) }),
    ...(status === "Inactive" && { status }),
  }));
}

/** As the services beside S3 keep them. */
export function tagsOf(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
