import { QueryError } from "../aws-query/query-error.ts";
import {
  queryFailureOf,
  renderQueryFailure,
  type QueryService,
} from "../aws-query/query-protocol.ts";
import type { S3Response } from "../operation.ts";

export const iam: QueryService = {
  namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
  version: "2010-05-08",
};

export function noSuchEntity(message: string): QueryError {
  return new QueryError("NoSuchEntity", message, 404);
}

export function alreadyExists(message: string): QueryError {
  return new QueryError("EntityAlreadyExists", message, 409);
}

export function deleteConflict(message: string): QueryError {
  return new QueryError("DeleteConflict", message, 409);
}

/** Of what still holds something. */
export function notEmpty(what: string): QueryError {
  return deleteConflict(`Cannot delete entity, must ${what} first.`);
}

export function limitExceeded(message: string): QueryError {
  return new QueryError("LimitExceeded", message, 409);
}

export function overQuota(name: string, quota: number): QueryError {
  return limitExceeded(`Cannot exceed quota for ${name}: ${quota}`);
}

export function malformedPolicy(message: string): QueryError {
  return new QueryError("MalformedPolicyDocument", message);
}

export function invalidValue(message: string): QueryError {
  return new QueryError("ValidationError", message);
}

/** As IAM answers for a parameter that its model does not allow; it does not repeat the value. */
export function unfitValue(parameter: string, constraint: string): QueryError {
  const name = parameter.charAt(0).toLowerCase() + parameter.slice(1);
  return invalidValue(
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

/** An error of authentication, or any other, in the form that IAM clients read. */
export function renderIamError(error: unknown, requestId: string): S3Response {
  return renderQueryFailure(iam, queryFailureOf(error), requestId);
}
