import {
  queryFailureOf,
  renderQueryFailure,
  type QueryService,
} from "../aws-query/query-protocol.ts";
import type { S3Response } from "../operation.ts";

export const sts: QueryService = {
  namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  version: "2011-06-15",
};

/** An error of authentication, or any other, in the form that STS clients read. */
export function renderStsError(error: unknown, requestId: string): S3Response {
  return renderQueryFailure(sts, queryFailureOf(error), requestId);
}
