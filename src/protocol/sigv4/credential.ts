import { S3Error } from "../s3-error.ts";
import type { SignatureClaim } from "./signature-claim.ts";

export interface CredentialParts {
  readonly accessKeyId: string;
  /** `yyyyMMdd`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Reads `AKID/yyyyMMdd/region/service/aws4_request`; an access key id may itself hold a `/`. */
export function parseCredential(text: string, kind: SignatureClaim["kind"]): CredentialParts {
  const parts = text.split("/");
  const [date = "", region = "", service = "", terminal] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join("/");
  if (accessKeyId === "") {
    throw scopeError(
      kind,
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (terminal !== "aws4_request") {
    throw scopeError(
      kind,
      `incorrect terminal "${terminal ?? ""}". This endpoint uses "aws4_request".`,
    );
  }
  if (!/^\d{8}$/.test(date)) {
    throw scopeError(
      kind,
      `incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`,
    );
  }
  return { accessKeyId, date, region, service };
}

/**
 * Refuses a signature made for another region or service, as AWS does: AuthorizationHeaderMalformed,
 * or AuthorizationQueryParametersError for presigned requests, with `Region` for clients to follow.
 */
export function assertCredentialScope(
  claim: SignatureClaim,
  expected: { readonly region: string; readonly service: string },
): void {
  if (claim.service !== expected.service) {
    throw scopeError(
      claim.kind,
      `incorrect service "${claim.service}". This endpoint belongs to "${expected.service}".`,
    );
  }
  if (claim.region !== expected.region) {
    throw scopeError(
      claim.kind,
      `the region '${claim.region}' is wrong; expecting '${expected.region}'`,
      { Region: expected.region },
    );
  }
}

function scopeError(
  kind: SignatureClaim["kind"],
  detail: string,
  extra: Readonly<Record<string, string>> = {},
): S3Error {
  if (kind === "header") {
    return new S3Error("AuthorizationHeaderMalformed", {
      message: `The authorization header is malformed; ${detail}`,
      extra,
    });
  }
  return new S3Error("AuthorizationQueryParametersError", {
    message: `Error parsing the X-Amz-Credential parameter; ${detail}`,
    extra,
  });
}
