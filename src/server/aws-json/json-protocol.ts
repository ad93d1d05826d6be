import { S3Error } from "../../protocol/s3-error.ts";
import type { S3Response } from "../operation.ts";
import { JsonError } from "./json-error.ts";

const contentType = "application/x-amz-json-1.1";
const invalidToken = "The security token included in the request is invalid.";

/** What these services call the faults that S3 finds in a signature. */
const codeByS3Code: ReadonlyMap<string, readonly [code: string, message?: string]> = new Map([
  ["InvalidAccessKeyId", ["UnrecognizedClientException", invalidToken]],
  ["InvalidToken", ["UnrecognizedClientException", invalidToken]],
  [
    "ExpiredToken",
    ["ExpiredTokenException", "The security token included in the request is expired"],
  ],
  ["SignatureDoesNotMatch", ["InvalidSignatureException"]],
  ["RequestTimeTooSkewed", ["InvalidSignatureException"]],
  ["AuthorizationHeaderMalformed", ["IncompleteSignatureException"]],
]);

/**
 * The operation that `X-Amz-Target` names, after the service's prefix. Throws JsonError
 * UnknownOperationException.
 */
export function targetedOperation<T>(
  target: string | undefined,
  prefix: string,
  operations: Readonly<Record<string, T>>,
): T {
  const name = target?.startsWith(prefix) === true ? target.slice(prefix.length) : "";
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation !== undefined) return operation;
  throw new JsonError(
    "UnknownOperationException",
    name === "" ? "The request names no operation." : `This server has no ${name}.`,
  );
}

export function missingToken(): JsonError {
  return new JsonError("MissingAuthenticationTokenException", "Missing Authentication Token");
}

/** Any error on the way; what is neither the service's nor S3's is a fault of the server. */
export function jsonErrorOf(error: unknown, faultCode: string): JsonError {
  if (error instanceof JsonError) return error;
  if (error instanceof S3Error && error.status < 500) {
    const [code, message = error.message] = codeByS3Code.get(error.code) ?? [error.code];
    return new JsonError(code, message);
  }
  return new JsonError(faultCode, "The server has failed.", 500);
}

/** AWS's JSON protocol, version 1.1: the error's code stands in the body. */
export function renderJsonError(
  error: unknown,
  requestId: string,
  faultCode = "InternalFailure",
): S3Response {
  const { status, code, message } = jsonErrorOf(error, faultCode);
  return renderJson(status, requestId, { __type: code, message });
}

export function renderJson(status: number, requestId: string, body: object): S3Response {
  return {
    status,
    headers: { "content-type": contentType, "x-amzn-requestid": requestId },
    body: JSON.stringify(body),
  };
}
