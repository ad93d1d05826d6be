import { s3Limits } from "../../core/limits.ts";
import { percentDecode } from "../percent-decode.ts";
import type { QueryParameters } from "../query.ts";
import { S3Error } from "../s3-error.ts";
import { parseAmzDate } from "./amz-date.ts";
import { unsignedPayload } from "./canonical-request.ts";
import { parseCredential } from "./credential.ts";
import { parseSignedHeaders, type SignatureClaim } from "./signature-claim.ts";

/** The claim of a request signed in its query. */
export function readPresignedClaim(
  query: QueryParameters,
  headers: ReadonlyMap<string, string>,
): SignatureClaim {
  const algorithm = required(query, "X-Amz-Algorithm");
  if (algorithm === "AWS4-ECDSA-P256-SHA256") {
    throw new S3Error("NotImplemented", {
      message: "SigV4A (AWS4-ECDSA-P256-SHA256) is not implemented. Please use AWS4-HMAC-SHA256.",
    });
  }
  if (algorithm !== "AWS4-HMAC-SHA256") {
    throw refused('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"');
  }
  const credentialText = required(query, "X-Amz-Credential");
  const signature = required(query, "X-Amz-Signature");
  const amzDate = required(query, "X-Amz-Date");
  const signedHeaders = parseSignedHeaders(required(query, "X-Amz-SignedHeaders"));
  const expiresInSeconds = readExpires(required(query, "X-Amz-Expires"));
  // Some clients encode the slashes twice; AWS takes that.
  const credential = parseCredential(
    credentialText.includes("/") ? credentialText : percentDecode(credentialText),
    "presigned",
  );
  if (parseAmzDate(amzDate) === undefined) {
    throw refused(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  }
  if (amzDate.slice(0, 8) !== credential.date) {
    throw refused(
      `Invalid credential date "${credential.date}". This date is not the same as X-Amz-Date: ` +
        `"${amzDate.slice(0, 8)}".`,
    );
  }
  const sessionToken = query.get("X-Amz-Security-Token");
  return {
    kind: "presigned",
    ...credential,
    amzDate,
    signedHeaders,
    signature,
    ...(sessionToken !== undefined && { sessionToken }),
    expiresInSeconds,
    payloadHash: readPayloadHash(query, headers, signedHeaders),
  };
}

/** A header only counts when it is signed: otherwise whoever holds the link could choose it. */
function readPayloadHash(
  query: QueryParameters,
  headers: ReadonlyMap<string, string>,
  signedHeaders: readonly string[],
): string {
  const signed = signedHeaders.includes("x-amz-content-sha256");
  const inHeader = signed ? headers.get("x-amz-content-sha256") : undefined;
  return inHeader ?? query.get("X-Amz-Content-Sha256") ?? unsignedPayload;
}

function readExpires(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw refused("X-Amz-Expires should be a number");
  const seconds = Number(text);
  if (seconds < 0) throw refused("X-Amz-Expires must be non-negative");
  if (seconds > s3Limits.presignSeconds) {
    throw refused(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires " +
        "must be less than 604800 seconds",
    );
  }
  return seconds;
}

function required(query: QueryParameters, name: string): string {
  const value = query.get(name);
  if (value !== undefined && value !== "") return value;
  throw refused(
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, " +
      "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
  );
}

function refused(message: string): S3Error {
  return new S3Error("AuthorizationQueryParametersError", { message });
}
