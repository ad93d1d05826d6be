import { assert } from "../../core/assert.ts";
import { s3Limits } from "../../core/limits.ts";
import { uriEncode } from "../query.ts";
import { formatAmzDate } from "./amz-date.ts";
import {
  canonicalRequest,
  canonicalRequestHash,
  stringToSign,
  unsignedPayload,
} from "./canonical-request.ts";
import { signedHeaderNames, type SignableRequest, type SigningOptions } from "./sign.ts";
import { credentialScope, signingKey, signString } from "./signing-key.ts";

export interface PresignOptions extends Omit<SigningOptions, "payloadHash"> {
  /** 1 to 604,800; callers check it. */
  readonly expiresInSeconds: number;
}

/**
 * Signs in the query and answers the full raw query. Whoever uses the link must send each header
 * given here with the same value. The payload is left unsigned.
 */
export function presignRequest(request: SignableRequest, options: PresignOptions): string {
  const { credentials, region, service, expiresInSeconds } = options;
  assert(
    Number.isInteger(expiresInSeconds) &&
      expiresInSeconds >= 1 &&
      expiresInSeconds <= s3Limits.presignSeconds,
    `expiresInSeconds must be 1 to ${s3Limits.presignSeconds}`,
  );
  const amzDate = formatAmzDate(options.now);
  const place = { date: amzDate.slice(0, 8), region, service };
  const scope = credentialScope(place);
  const signedHeaders = signedHeaderNames(request.headers);
  const parameters = [
    ...(request.rawQuery === "" ? [] : [request.rawQuery]),
    "X-Amz-Algorithm=AWS4-HMAC-SHA256",
    `X-Amz-Credential=${uriEncode(`${credentials.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${amzDate}`,
    `X-Amz-Expires=${expiresInSeconds}`,
    ...(credentials.sessionToken === undefined
      ? []
      : [`X-Amz-Security-Token=${uriEncode(credentials.sessionToken)}`]),
    `X-Amz-SignedHeaders=${uriEncode(signedHeaders.join(";"))}`,
  ];
  const rawQuery = parameters.join("&");
  const canonical = canonicalRequest({
    method: request.method,
    rawPath: request.rawPath,
    rawQuery,
    signedHeaders,
    headerValue: (name) => request.headers[name],
    payloadHash: unsignedPayload,
  });
  const key = signingKey({ ...place, secretAccessKey: credentials.secretAccessKey });
  const signature = signString(key, stringToSign(amzDate, scope, canonicalRequestHash(canonical)));
  return `${rawQuery}&X-Amz-Signature=${signature}`;
}
