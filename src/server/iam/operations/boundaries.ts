import { assertBoundary, boundaryKeys, boundaryParameter } from "../boundary-parameter.ts";
import { change, type EntityKind, permitted, roleKind, userKind } from "../entity-kinds.ts";
import type { IamOperations } from "../iam-call.ts";
import { noSuchEntity } from "../iam-error.ts";
import { limitsOf } from "./inline-policies.ts";

/** PutUserPermissionsBoundary, DeleteRolePermissionsBoundary, ... */
export const boundaryOperations: IamOperations = Object.assign(
  {},
  ...[userKind, roleKind].map(operationsOf),
);

function operationsOf(kind: EntityKind): IamOperations {
  const { label } = kind;
  return {
    [`Put${label}PermissionsBoundary`]: async (call) => {
      call.input.required("PermissionsBoundary");
      const boundary = boundaryParameter(call) ?? "";
      const action = `Put${label}PermissionsBoundary`;
      const { name } = permitted(call, kind, action, { keys: boundaryKeys(boundary) });
      assertBoundary(call, boundary);
      await change(call, kind, name, (there) => ({ ...there, boundary }));
      return undefined;
    },

    [`Delete${label}PermissionsBoundary`]: async (call) => {
      const action = `Delete${label}PermissionsBoundary`;
      const { name } = permitted(call, kind, action, { keys: limitsOf(call, kind) });
      await change(call, kind, name, (there) => {
        if (!("boundary" in there)) {
          throw noSuchEntity(`${label} ${name} does not have a permission boundary`);
        }
        const { boundary: _, ...rest } = there;
        return rest;
      });
      return undefined;
    },
  };
}
