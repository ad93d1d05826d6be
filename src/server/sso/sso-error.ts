import { S3Error } from "../../protocol/s3-error.ts";
import type { S3Response } from "../operation.ts";

/** A refusal of the portal, or of its OIDC service. */
export class SsoError extends Error {
  override readonly name = "SsoError";
  /** Such as `UnauthorizedException`. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export function invalidRequest(message: string): SsoError {
  return new SsoError("InvalidRequestException", message);
}

/** Any error on the way; what is no refusal is a fault of the server. */
function ssoErrorOf(error: unknown): SsoError {
  if (error instanceof SsoError) return error;
  if (error instanceof S3Error && error.status < 500) return invalidRequest(error.message);
  return new SsoError("InternalServerException", "The server has failed.", 500);
}

/** In the form of the portal's API. */
export function renderPortalError(error: unknown, requestId: string): S3Response {
  const { code, message, status } = ssoErrorOf(error);
  return json(status, requestId, { message, __type: code }, code);
}

/** In the form of the OIDC service: `AuthorizationPendingException` is `authorization_pending`. */
export function renderOidcError(error: unknown, requestId: string): S3Response {
  const { code, message, status } = ssoErrorOf(error);
  const name = code
    .replace(/Exception$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
    .toLowerCase();
  // AWS says no `message`, and its CLI then shows none.
  return json(status, requestId, { error: name, error_description: message, message }, code);
}

export function json(
  status: number,
  requestId: string,
  body: object,
  errorType?: string,
): S3Response {
  return {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-amzn-requestid": requestId,
      ...(errorType !== undefined && { "x-amzn-errortype": errorType }),
    },
    body: JSON.stringify(body),
  };
}
