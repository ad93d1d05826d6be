import { showPrincipals } from "../iam/principal-ids.ts";
import { acceptPolicy, bypassKeys } from "./key-policy-check.ts";
import { changeable, type KmsCall, type KmsOperation, permitted } from "./kms-call.ts";
import { notFound } from "./kms-error.ts";

/** Key policies; each key has one, named `default`. */
export const policyOperations: Readonly<Record<string, KmsOperation>> = {
  GetKeyPolicy: (call) => {
    const key = permitted(call, "GetKeyPolicy");
    assertDefaultName(call);
    return { Policy: showPrincipals(call.keys.identities, key.policy), PolicyName: "default" };
  },
  ListKeyPolicies: (call) => {
    permitted(call, "ListKeyPolicies");
    return { PolicyNames: ["default"], Truncated: false };
  },
  PutKeyPolicy: async (call) => {
    const key = changeable(call, "PutKeyPolicy", { conditionKeys: bypassKeys(call) });
    assertDefaultName(call);
    const policy = acceptPolicy(call, call.input.required("Policy"), key);
    await call.keys.change(key, (there) => ({ ...there, policy }));
    return {};
  },
};

function assertDefaultName({ input }: KmsCall): void {
  if ((input.text("PolicyName") ?? "default") !== "default") {
    throw notFound("No such policy exists");
  }
}
