import { QueryParameters } from "../query.ts";
import { invalidArgument, S3Error } from "../s3-error.ts";
import { readHeaderClaim, unsupportedMechanism } from "./header-claim.ts";
import { readPresignedClaim } from "./presigned-claim.ts";
import type { ReceivedRequest } from "./received-request.ts";
import type { SignatureClaim } from "./signature-claim.ts";

/**
 * Reads the signature from the Authorization header or the query. Undefined: the request is
 * anonymous. Throws S3Error for malformed and unsupported forms, with AWS's codes and messages.
 */
export function readSignatureClaim(request: ReceivedRequest): SignatureClaim | undefined {
  const { headers } = request;
  const authorization = headers.get("authorization");
  const query = QueryParameters.parse(request.rawQuery);
  const inQuery = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"].some((name) =>
    query.has(name),
  );
  const sigV2InQuery = query.has("AWSAccessKeyId") && query.has("Signature");
  if (authorization !== undefined && (inQuery || sigV2InQuery)) {
    throw invalidArgument(
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature " +
        "query string parameter or the Authorization header should be specified",
      "Authorization",
      authorization,
    );
  }
  if (sigV2InQuery) throw new S3Error("InvalidRequest", { message: unsupportedMechanism });
  if (inQuery) return readPresignedClaim(query, headers);
  return authorization === undefined ? undefined : readHeaderClaim(authorization, headers);
}
