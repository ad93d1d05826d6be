import { S3Error } from "../../protocol/s3-error.ts";
import { QueryParameters } from "../../protocol/query.ts";
import { element, renderXml, type XmlNode } from "../../protocol/xml/render.ts";
import type { S3Response } from "../operation.ts";
import { QueryError } from "./query-error.ts";

/**
 * AWS's query protocol, which STS and IAM speak: a form with `Action` and `Version` in, XML out, and
 * errors in another form than S3's. Source: AWS "Common Errors" pages; recordings in LocalStack's
 * snapshots.
 */
export interface QueryService {
  readonly namespace: string;
  readonly version: string;
}

export interface QueryFailure {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

/** The form's fields. Throws S3Error InvalidURI on broken escapes. */
export function readQueryForm(body: Buffer): QueryParameters {
  return QueryParameters.parse(body.toString("utf8"));
}

/** `result`: undefined where the action answers nothing but that it is done. */
export function renderQueryResult(
  service: QueryService,
  action: string,
  result: readonly XmlNode[] | undefined,
  requestId: string,
): S3Response {
  return respond(
    200,
    requestId,
    renderXml(
      element(
        `${action}Response`,
        result && element(`${action}Result`, result),
        element("ResponseMetadata", element("RequestId", requestId)),
      ),
      { namespace: service.namespace },
    ),
  );
}

export function renderQueryFailure(
  service: QueryService,
  failure: QueryFailure,
  requestId: string,
): S3Response {
  return respond(
    failure.status,
    requestId,
    renderXml(
      element(
        "ErrorResponse",
        element(
          "Error",
          element("Type", failure.status < 500 ? "Sender" : "Receiver"),
          element("Code", failure.code),
          element("Message", failure.message),
        ),
        element("RequestId", requestId),
      ),
      { namespace: service.namespace },
    ),
  );
}

export function unknownAction(form: QueryParameters): QueryFailure {
  const action = form.get("Action");
  if (action === undefined || action === "") {
    return { code: "MissingAction", status: 400, message: "Missing Action" };
  }
  const version = form.get("Version") ?? "NO_VERSION_SPECIFIED";
  return {
    code: "InvalidAction",
    status: 400,
    message: `Could not find operation ${action} for version ${version}`,
  };
}

export const missingAuthenticationToken: QueryFailure = {
  code: "MissingAuthenticationToken",
  status: 403,
  message: "Request is missing Authentication Token",
};

const invalidClientToken: QueryFailure = {
  code: "InvalidClientTokenId",
  status: 403,
  message: "The security token included in the request is invalid.",
};

/** What these services call the faults that S3 finds in a signature. */
const failureByS3Code: ReadonlyMap<string, QueryFailure> = new Map([
  ["InvalidAccessKeyId", invalidClientToken],
  ["InvalidToken", invalidClientToken],
  [
    "ExpiredToken",
    {
      code: "ExpiredToken",
      status: 403,
      message: "The security token included in the request is expired",
    },
  ],
  [
    "SignatureDoesNotMatch",
    {
      code: "SignatureDoesNotMatch",
      status: 403,
      message:
        "The request signature we calculated does not match the signature you provided. Check your " +
        "AWS Secret Access Key and signing method. Consult the service documentation for details.",
    },
  ],
  [
    "RequestTimeTooSkewed",
    {
      code: "SignatureDoesNotMatch",
      status: 403,
      message:
        "Signature expired or not yet current: the request's time and the server's time differ by " +
        "more than 15 minutes",
    },
  ],
  ["MissingSecurityHeader", missingAuthenticationToken],
]);

/** Any error on the way, as the service words it; what is not an S3Error is a fault of the server. */
export function queryFailureOf(error: unknown): QueryFailure {
  if (error instanceof QueryError) return error;
  if (!(error instanceof S3Error)) {
    return {
      code: "InternalFailure",
      status: 500,
      message: "The request processing has failed because of an unknown error.",
    };
  }
  const known = failureByS3Code.get(error.code);
  if (known !== undefined) return known;
  if (error.extra["Region"] !== undefined) {
    const message = `Credential should be scoped to a valid region, such as ${error.extra["Region"]}.`;
    return { code: "SignatureDoesNotMatch", status: 403, message };
  }
  if (error.code === "AuthorizationHeaderMalformed") {
    return { code: "IncompleteSignature", status: 403, message: error.message };
  }
  return { code: error.code, status: error.status, message: error.message };
}

function respond(status: number, requestId: string, body: string): S3Response {
  return {
    status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body,
  };
}
