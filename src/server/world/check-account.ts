import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { bucketPolicyKind } from "../../policy/bucket-policy-kind.ts";
import type { PolicyKind } from "../../policy/policy-reading.ts";
import type { WorldAccount, WorldUser } from "./account-shape.ts";
import { isLockedOut } from "./key-lock-out.ts";
import { readPolicy } from "./policy-shape.ts";
import { findPolicyFault } from "./policy-reference.ts";
import { hintFor } from "../../shapes/shape.ts";
import type { DocumentFaults, DocumentPath } from "../../shapes/document-faults.ts";

export interface AccountCheck {
  readonly id: string;
  readonly account: WorldAccount;
  readonly partition: string;
  readonly region: string;
  readonly faults: DocumentFaults;
  /** The value of the document at a path. */
  readonly treeAt: (path: DocumentPath) => unknown;
  /** Of users, roles and sessions of the world's accounts; of others nothing is known. */
  readonly principalExists: (arn: string) => boolean;
  /** Ids and names that are given out once in a world, each with the path of its first. */
  readonly taken: Map<string, DocumentPath>;
}

/** What an account's parts refer to, and that names and ids are given once. */
export function checkAccount(check: AccountCheck): void {
  const { id, account } = check;
  const path = ["accounts", id];
  checkKeysOf(check, account.root?.accessKeys ?? [], [...path, "root"]);
  for (const [name, group] of account.groups) {
    checkAttached(check, group, [...path, "groups", name]);
  }
  const groups = [...account.groups.keys()];
  for (const [name, user] of account.users) {
    const at = [...path, "users", name];
    checkAttached(check, user, at);
    checkKeysOf(check, user.accessKeys, at);
    for (const [index, group] of user.groups.entries()) {
      if (account.groups.has(group)) continue;
      const problem = `is no group of account ${id}; ${hintFor(group, groups)}`;
      check.faults.add([...at, "groups", index], problem);
    }
  }
  for (const [name, role] of account.roles) {
    const at = [...path, "roles", name];
    checkAttached(check, role, at);
    checkPrincipals(check, attachedPolicyKind("trust", check), [...at, "trust"]);
  }
  checkKmsKeys(check, path);
  for (const [name, { policy }] of account.buckets) {
    const at = [...path, "buckets", name];
    claim(check, `bucket ${name}`, at);
    const { partition, principalExists } = check;
    const kind = bucketPolicyKind({ bucket: name, partition, principalExists });
    if (policy !== undefined) checkPrincipals(check, kind, [...at, "policy"]);
  }
}

function checkKmsKeys(check: AccountCheck, path: DocumentPath): void {
  const { id, account, faults, region } = check;
  for (const [name, key] of account.kmsKeys) {
    const at = [...path, "kmsKeys", name];
    const where = key.region ?? region;
    if (key.id !== undefined) claim(check, `key ${id}/${where}/${key.id}`, [...at, "id"]);
    if (key.policy === undefined) continue;
    const kind = attachedPolicyKind("key", check);
    if (!checkPrincipals(check, kind, [...at, "policy"])) continue;
    if (key.allowLockOut || !isLockedOut({ ...check, keyPolicy: key.policy })) continue;
    const problem =
      `locks everybody of account ${id} out: nobody may kms:PutKeyPolicy. Allow it to somebody, ` +
      "or say allowLockOut: true";
    faults.add([...at, "policy"], problem);
  }
}

/** Whether the principals that a policy names are there. */
function checkPrincipals(
  { treeAt, faults }: AccountCheck,
  kind: PolicyKind,
  path: DocumentPath,
): boolean {
  const tree = treeAt(path);
  return !(tree instanceof Map) || typeof readPolicy(kind, tree, { path, faults }) === "string";
}

function checkAttached(
  { id, account, partition, faults }: AccountCheck,
  entity: { readonly attached: readonly string[]; readonly boundary?: string },
  path: DocumentPath,
): void {
  for (const [index, reference] of entity.attached.entries()) {
    const fault = findPolicyFault(reference, id, account, partition);
    if (fault !== undefined) faults.add([...path, "attached", index], fault);
  }
  if (entity.boundary === undefined) return;
  const fault = findPolicyFault(entity.boundary, id, account, partition);
  if (fault !== undefined) faults.add([...path, "boundary"], fault);
}

function checkKeysOf(check: AccountCheck, keys: WorldUser["accessKeys"], path: DocumentPath): void {
  for (const [index, { accessKeyId, secretAccessKey }] of keys.entries()) {
    const at = [...path, "accessKeys", index];
    if (accessKeyId !== undefined) {
      claim(check, `access key ${accessKeyId}`, [...at, "accessKeyId"]);
    } else if (secretAccessKey !== undefined) {
      check.faults.add(at, "has a secretAccessKey without its accessKeyId");
    }
  }
}

function claim({ taken, faults }: AccountCheck, what: string, path: DocumentPath): void {
  if (taken.has(what)) faults.add(path, "is given twice in this world");
  else taken.set(what, path);
}
