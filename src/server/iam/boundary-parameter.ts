import { QueryError } from "../aws-query/query-error.ts";
import type { ContextLookup } from "../../policy/request.ts";
import { findPolicyDocument } from "./caller-layers.ts";
import { type IamCall, oneKey } from "./iam-call.ts";
import { assertPolicyArn, notAttachable } from "./policy-arn.ts";

/**
 * The boundary that a call gives; undefined: none. Whether there is such a policy, only whoever may call learns:
 * see `assertBoundary`. Throws QueryError ValidationError.
 */
export function boundaryParameter(call: IamCall): string | undefined {
  const { input, account } = call;
  const arn = input.text("PermissionsBoundary");
  if (arn === undefined) return undefined;
  const { accountId } = assertPolicyArn(call, arn);
  if (accountId !== "aws" && accountId !== account.id) {
    throw new QueryError(
      "ValidationError",
      `Scope ARN: ${arn} does not exist or is not attachable.`,
    );
  }
  return arn;
}

/** Throws QueryError NoSuchEntity. */
export function assertBoundary({ directory }: IamCall, arn: string | undefined): void {
  if (arn === undefined || findPolicyDocument(directory.records, arn) !== undefined) return;
  throw notAttachable(arn);
}

/** For conditions on who is made or changed with which boundary. */
export function boundaryKeys(boundary: string | undefined): ContextLookup {
  return oneKey("iam:permissionsboundary", boundary);
}
