import { QueryError } from "../aws-query/query-error.ts";
import type { ContextLookup } from "../../policy/request.ts";
import { findPolicyDocument } from "./caller-layers.ts";
import { type IamCall, oneKey } from "./iam-call.ts";
import { assertPolicyArn, notAttachable } from "./policy-arn.ts";

/** The boundary that a call gives; undefined: none. Throws QueryError ValidationError, NoSuchEntity. */
export function boundaryParameter(call: IamCall): string | undefined {
  const { input, directory, account } = call;
  const arn = input.text("PermissionsBoundary");
  if (arn === undefined) return undefined;
  const { accountId } = assertPolicyArn(call, arn);
  if (accountId !== "aws" && accountId !== account.id) {
    throw new QueryError(
      "ValidationError",
      `Scope ARN: ${arn} does not exist or is not attachable.`,
    );
  }
  if (findPolicyDocument(directory.records, arn) === undefined) throw notAttachable(arn);
  return arn;
}

/** For conditions on who is made or changed with which boundary. */
export function boundaryKeys(boundary: string | undefined): ContextLookup {
  return oneKey("iam:permissionsboundary", boundary);
}
