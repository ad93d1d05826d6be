import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { decideAccess } from "../../policy/decide-access.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import { keyArn, type KeyRecord } from "./key-record.ts";
import type { KmsCall } from "./kms-call.ts";
import { KmsError } from "./kms-error.ts";

export function assertPolicy(call: KmsCall, policy: string, key?: KeyRecord): void {
  const compiled = readPolicy(policy);
  if (call.input.flag("BypassPolicyLockoutSafetyCheck")) return;
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

function readPolicy(text: string): ReturnType<typeof compilePolicy> {
  try {
    return compilePolicy(parsePolicyOf(attachedPolicyKind("key"), text));
  } catch (error) {
    if (error instanceof PolicyError) throw malformed(error.message);
    throw error;
  }
}

function malformed(message: string): KmsError {
  return new KmsError("MalformedPolicyDocumentException", message);
}
