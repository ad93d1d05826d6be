import { iamLimits } from "../../../core/iam-limits.ts";
import { element } from "../../../protocol/xml/render.ts";
import { findPolicyDocument } from "../caller-layers.ts";
import { change, type EntityKind, entityKinds, permitted } from "../entity-kinds.ts";
import { parseIamArn } from "../iam-arn.ts";
import { anyOf, type IamCall, type IamOperations, oneKey } from "../iam-call.ts";
import { noSuchEntity, overQuota } from "../iam-error.ts";
import { memberList, pageOf } from "../page.ts";
import { assertPolicyArn, notAttachable, policyNameOf } from "../policy-arn.ts";
import { limitsOf } from "./inline-policies.ts";

/** AttachUserPolicy, DetachRolePolicy, ListAttachedGroupPolicies, ... */
export const attachedPolicyOperations: IamOperations = Object.assign(
  {},
  ...entityKinds.map(operationsOf),
);

function operationsOf(kind: EntityKind): IamOperations {
  const { label } = kind;
  return {
    [`Attach${label}Policy`]: async (call) => {
      const { arn, holder } = attachment(call, kind, `Attach${label}Policy`);
      const { accountId } = assertPolicyArn(call, arn);
      if (accountId !== "aws" && accountId !== call.account.id) throw notAttachable(arn);
      await change(call, kind, holder.name, (there, records) => {
        if (findPolicyDocument(records, arn) === undefined) throw notAttachable(arn);
        if (there.attached.includes(arn)) return there;
        if (there.attached.length >= iamLimits.attachedPolicies) {
          throw overQuota(`PoliciesPer${label}`, iamLimits.attachedPolicies);
        }
        return { ...there, attached: [...there.attached, arn] };
      });
      return undefined;
    },

    [`Detach${label}Policy`]: async (call) => {
      const { arn, holder } = attachment(call, kind, `Detach${label}Policy`);
      await change(call, kind, holder.name, (there) => {
        if (!there.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
        return { ...there, attached: there.attached.filter((one) => one !== arn) };
      });
      return undefined;
    },

    [`ListAttached${label}Policies`]: (call) => {
      const { attached } = permitted(call, kind, `ListAttached${label}Policies`);
      const prefix = call.input.pathPrefix();
      const all = attached
        .filter((arn) => parseIamArn(arn)?.path.startsWith(prefix) === true)
        .map((arn) => ({
          key: arn,
          item: [element("PolicyName", policyNameOf(arn)), element("PolicyArn", arn)],
        }));
      const { items, more } = pageOf(call.input, all);
      return [memberList("AttachedPolicies", items), ...more];
    },
  };
}

function attachment(call: IamCall, kind: EntityKind, action: string) {
  const arn = call.input.sized("PolicyArn", 2048);
  assertPolicyArn(call, arn);
  const keys = anyOf(oneKey("iam:policyarn", arn), limitsOf(call, kind));
  return { arn, holder: permitted(call, kind, action, { keys }) };
}
