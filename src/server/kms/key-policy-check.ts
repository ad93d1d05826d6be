import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { type CompiledPolicy, compilePolicy } from "../../policy/compile-policy.ts";
import { decideAccess } from "../../policy/decide-access.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import type { KnownPrincipals } from "../identities/identities.ts";
import { keepPrincipals } from "../iam/principal-ids.ts";
import { keyArn, type KeyRecord } from "./key-record.ts";
import { oneKey } from "../iam/iam-call.ts";
import type { ContextLookup } from "../../policy/request.ts";
import type { KmsCall } from "./kms-call.ts";
import { KmsError } from "./kms-error.ts";

/**
 * Checks a policy that is put, and answers it as it is kept. `key`: undefined for one that is being made.
 * Throws KmsError MalformedPolicyDocumentException.
 */
export function acceptPolicy(call: KmsCall, policy: string, key?: KeyRecord): string {
  const { identities } = call.keys;
  const compiled = readPolicy(policy, identities);
  if (!call.input.flag(bypass)) assertNoLockOut(call, compiled, key);
  return keepPrincipals(identities, policy);
}

const bypass = "BypassPolicyLockoutSafetyCheck";

/** For conditions on who may put policies unchecked. */
export function bypassKeys({ input }: KmsCall): ContextLookup {
  return oneKey(`kms:${bypass.toLowerCase()}`, String(input.flag(bypass)));
}

function assertNoLockOut(
  call: KmsCall,
  compiled: CompiledPolicy,
  key: KeyRecord | undefined,
): void {
  const { caller, address, lookup } = call;
  const resource = key === undefined ? keyArn({ ...address, id: "*" }) : keyArn(key);
  const decision = decideAccess({
    request: { principal: caller, action: "kms:PutKeyPolicy", resource, context: lookup },
    resourcePolicy: compiled,
    resourcePolicyRequired: true,
    caller: caller.layers,
    sameAccount: key === undefined || key.accountId === caller.accountId,
  });
  if (decision.outcome === "allowed") return;
  throw malformed("The new key policy will not allow you to update the key policy in the future.");
}

function readPolicy(text: string, identities: KnownPrincipals): CompiledPolicy {
  const principalExists = (arn: string): boolean => identities.principalExists(arn);
  try {
    return compilePolicy(parsePolicyOf(attachedPolicyKind("key", { principalExists }), text));
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const isPrincipal = error.message === "Invalid principal in policy";
    throw malformed(isPrincipal ? unknownPrincipal : error.message);
  }
}

const unknownPrincipal = "Policy contains a statement with one or more invalid principals.";

function malformed(message: string): KmsError {
  return new KmsError("MalformedPolicyDocumentException", message);
}
