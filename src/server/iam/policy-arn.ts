import type { IamCall } from "./iam-call.ts";
import type { QueryError } from "../aws-query/query-error.ts";
import { type IamName, parseIamArn } from "./iam-arn.ts";
import { invalidValue, noSuchEntity } from "./iam-error.ts";

/**
 * Throws QueryError ValidationError unless the text is the ARN of a managed policy, in the one spelling
 * that policies and conditions on it have: of the account's own partition.
 */
export function assertPolicyArn({ account }: Pick<IamCall, "account">, arn: string): IamName {
  const parsed = parseIamArn(arn);
  if (parsed === undefined) throw invalidValue("Invalid ARN:  Could not be parsed!");
  if (parsed.kind === "policy" && parsed.partition === account.partition) return parsed;
  throw invalidValue(`ARN ${arn} is not valid.`);
}

export function notAttachable(arn: string): QueryError {
  return noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
}

/** The last part of the ARN. */
export function policyNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
