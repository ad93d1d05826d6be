import type { WorldAccount } from "./account-shape.ts";
import { findManagedPolicy, managedPolicyNames } from "../iam/managed-policies.ts";
import { hintFor } from "../../shapes/shape.ts";

/** Undefined: the managed policy is there, as far as that can be known. */
export function findPolicyFault(
  reference: string,
  accountId: string,
  account: WorldAccount,
  partition: string,
): string | undefined {
  const [, given = partition, owner, path = "/", name = reference] =
    /^arn:([^:]+):iam::([^:]+):policy(\/(?:.*\/)?)([^/]+)$/.exec(reference) ?? [];
  if (given !== partition) {
    return `is an ARN of the partition ${given}, and account ${accountId} is in ${partition}`;
  }
  if (owner === "aws") {
    if (findManagedPolicy(reference) !== undefined) return undefined;
    return `is no policy of AWS that this server has; ${hintFor(name, managedPolicyNames)}`;
  }
  if (owner !== undefined && owner !== accountId) {
    return `is a policy of account ${owner}; those of ${accountId} and of AWS can be attached here`;
  }
  return findOwnFault({ name, path: owner === undefined ? undefined : path }, accountId, account);
}

/** `path`: as an ARN has it. */
function findOwnFault(
  { name, path }: { readonly name: string; readonly path: string | undefined },
  accountId: string,
  account: WorldAccount,
): string | undefined {
  const known = account.policies.get(name);
  if (known === undefined) {
    const hint = hintFor(name, [...account.policies.keys()]);
    return `is no policy of account ${accountId}; ${hint}`;
  }
  if (path === undefined || known.path === path) return undefined;
  return `has another path than that policy, which is ${known.path}`;
}
