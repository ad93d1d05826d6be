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

/** An error of authentication, or any other, in the form that IAM clients read. */
export function renderIamError(error: unknown, requestId: string): S3Response {
  return renderQueryFailure(iam, queryFailureOf(error), requestId);
}
