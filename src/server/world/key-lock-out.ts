import { administratorAccess } from "../../policy/administrator-access.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { decideAccess } from "../../policy/decide-access.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import type { KnownPrincipal } from "../../policy/request.ts";
import { keyArn } from "../kms/key-record.ts";
import type { WorldAccount } from "./account-shape.ts";

export interface LockOutQuestion {
  readonly id: string;
  readonly account: WorldAccount;
  readonly partition: string;
  readonly region: string;
  /** Of a key of the account. */
  readonly keyPolicy: string;
}

/**
 * Whether nobody of the account, had they all rights, could change the key's policy any more. AWS asks
 * the same of whoever makes a key ("lockout safety check"); a world is put by nobody, so all are asked.
 */
export function isLockedOut(question: LockOutQuestion): boolean {
  const { id, partition, region, keyPolicy } = question;
  const resourcePolicy = compilePolicy(parsePolicyOf(attachedPolicyKind("key"), keyPolicy));
  const resource = keyArn({ partition, region, accountId: id, id: "*" });
  for (const principal of principalsOf(question)) {
    const { outcome } = decideAccess({
      request: { principal, action: "kms:PutKeyPolicy", resource, context: () => undefined },
      resourcePolicy,
      resourcePolicyRequired: true,
      caller: { identity: [administratorAccess] },
      sameAccount: true,
    });
    if (outcome === "allowed") return false;
  }
  return true;
}

function* principalsOf({ id, account, partition }: LockOutQuestion): Generator<KnownPrincipal> {
  const iam = `arn:${partition}:iam::${id}`;
  yield principalOf("root", id, `${iam}:root`, `${iam}:root`);
  for (const [name, { path }] of account.users) {
    const arn = `${iam}:user${path}${name}`;
    yield principalOf("user", id, arn, arn);
  }
  for (const [name, { path }] of account.roles) {
    const session = `arn:${partition}:sts::${id}:assumed-role/${name}/session`;
    yield principalOf("assumed-role", id, session, `${iam}:role${path}${name}`);
  }
}

function principalOf(
  kind: KnownPrincipal["kind"],
  accountId: string,
  arn: string,
  principalArn: string,
): KnownPrincipal {
  return { kind, accountId, arn, principalArn, userId: "" };
}
