import type { WriteCondition } from "../../engine/engine.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { OperationRequest } from "../operation.ts";

/**
 * If-None-Match and If-Match of a write; judged by the engine, inside its transaction.
 * S3 takes `*` alone for the one, an ETag alone for the other, and never both.
 */
export function readWriteCondition(request: OperationRequest): WriteCondition | undefined {
  const ifNoneMatch = request.header("if-none-match");
  const ifMatch = request.header("if-match");
  if (ifNoneMatch !== undefined && ifMatch !== undefined) {
    throw refused(
      "If-Match,If-None-Match",
      "Multiple conditional request headers present in the request",
    );
  }
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== "*") throw refusedValue("If-None-Match");
    return { ifNoneMatchAny: true };
  }
  if (ifMatch === undefined) return undefined;
  if (ifMatch === "*") throw refusedValue("If-Match");
  return { ifMatch };
}

function refusedValue(header: string): S3Error {
  return refused(header, `We don't accept the provided value of ${header} header for this API`);
}

function refused(header: string, additionalMessage: string): S3Error {
  return new S3Error("NotImplemented", { extra: { Header: header, additionalMessage } });
}
