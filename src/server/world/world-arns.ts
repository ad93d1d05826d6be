import { createHash } from "node:crypto";
import { issuerName } from "../iam/iam-records.ts";
import type { World } from "./world.ts";

const ssoPath = "/aws-reserved/sso.amazonaws.com/";

/** The role of a permission set in an account; like AWS's, its name ends in 16 hexadecimal digits. */
export function permissionSetRole(
  accountId: string,
  permissionSet: string,
): { readonly name: string; readonly path: string } {
  const hash = createHash("sha256").update(`${accountId}/${permissionSet}`).digest("hex");
  return { name: `AWSReservedSSO_${permissionSet}_${hash.slice(0, 16)}`, path: ssoPath };
}

/** The permission sets that somebody has in each account. */
export function assignedSets({ sso }: World): ReadonlyMap<string, ReadonlySet<string>> {
  const sets = new Map<string, Set<string>>();
  for (const { account, permissionSet } of sso?.assignments ?? []) {
    const known = sets.get(account);
    if (known === undefined) sets.set(account, new Set([permissionSet]));
    else known.add(permissionSet);
  }
  return sets;
}

/** ARNs of the users, roles and issuers of each account, paths included. */
export function principalArns(
  world: World,
  partition: string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const sets = assignedSets(world);
  return new Map(
    [...world.accounts].map(([id, account]) => {
      const prefix = `arn:${account.partition ?? partition}:iam::${id}`;
      const arns = new Set<string>();
      for (const [name, { path }] of account.users) arns.add(`${prefix}:user${path}${name}`);
      for (const [name, { path }] of account.roles) arns.add(`${prefix}:role${path}${name}`);
      for (const issuer of account.oidcProviders.keys()) {
        arns.add(`${prefix}:oidc-provider/${issuerName(issuer)}`);
      }
      for (const set of sets.get(id) ?? []) {
        const { name, path } = permissionSetRole(id, set);
        arns.add(`${prefix}:role${path}${name}`);
      }
      return [id, arns];
    }),
  );
}
