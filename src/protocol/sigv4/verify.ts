import { s3Limits } from "../../core/limits.ts";
import { hexBytes } from "../hex-bytes.ts";
import { S3Error } from "../s3-error.ts";
import { sameText } from "../same-text.ts";
import { parseAmzDate } from "./amz-date.ts";
import { canonicalRequest, canonicalRequestHash, stringToSign } from "./canonical-request.ts";
import type { ReceivedRequest } from "./received-request.ts";
import type { SignatureClaim } from "./signature-claim.ts";
import { credentialScope, signingKey, signString } from "./signing-key.ts";

export { assertCredentialScope } from "./credential.ts";
export type { ReceivedRequest } from "./received-request.ts";
export { readSignatureClaim } from "./read-signature-claim.ts";
export type { SignatureClaim } from "./signature-claim.ts";

/** What chunk signatures go on from. */
export interface VerifiedSignature {
  readonly seedSignature: string;
  readonly signingKey: Buffer;
  readonly scope: string;
  readonly amzDate: string;
}

/**
 * Proves a claim against the secret of its access key. Check the scope first
 * (`assertCredentialScope`). In order: clock (RequestTimeTooSkewed; AccessDenied "Request has
 * expired"), headers that must be signed (AccessDenied), signature (SignatureDoesNotMatch).
 */
export function verifySignature(
  request: ReceivedRequest,
  claim: SignatureClaim,
  secretAccessKey: string,
  now: Date,
): VerifiedSignature {
  if (claim.kind === "header") assertFresh(claim.amzDate, now);
  else assertNotExpired(claim.amzDate, claim.expiresInSeconds ?? 0, now);
  const { headers } = request;
  assertHeadersSigned(headers, claim);
  const canonical = canonicalRequest({
    method: request.method,
    rawPath: request.rawPath,
    rawQuery: request.rawQuery,
    signedHeaders: claim.signedHeaders,
    headerValue: (name) => headers.get(name),
    payloadHash: claim.payloadHash,
  });
  const scope = credentialScope(claim);
  const text = stringToSign(claim.amzDate, scope, canonicalRequestHash(canonical));
  const key = signingKey({
    secretAccessKey,
    date: claim.date,
    region: claim.region,
    service: claim.service,
  });
  const expected = signString(key, text);
  if (!sameText(expected, claim.signature)) {
    throw signatureMismatch(claim.accessKeyId, claim.signature, text, canonical);
  }
  return { seedSignature: expected, signingKey: key, scope, amzDate: claim.amzDate };
}

function signatureMismatch(
  accessKeyId: string,
  signature: string,
  text: string,
  canonical: string,
): S3Error {
  return new S3Error("SignatureDoesNotMatch", {
    extra: {
      AWSAccessKeyId: accessKeyId,
      StringToSign: text,
      SignatureProvided: signature,
      StringToSignBytes: hexBytes(text),
      // What was a latin1 view so far becomes readable text.
      CanonicalRequest: Buffer.from(canonical, "latin1").toString("utf8"),
      CanonicalRequestBytes: hexBytes(canonical),
    },
  });
}

const maxSkewMs = s3Limits.clockSkewSeconds * 1000;

function assertFresh(amzDate: string, now: Date): void {
  const skewMs = Math.abs(now.getTime() - timeOf(amzDate));
  if (skewMs <= maxSkewMs) return;
  throw new S3Error("RequestTimeTooSkewed", {
    extra: {
      RequestTime: amzDate,
      ServerTime: isoSeconds(now.getTime()),
      MaxAllowedSkewMilliseconds: String(maxSkewMs),
    },
  });
}

function assertNotExpired(amzDate: string, expiresInSeconds: number, now: Date): void {
  const start = timeOf(amzDate);
  if (start - now.getTime() > maxSkewMs) {
    throw new S3Error("AccessDenied", {
      message: "Request is not valid yet",
      extra: {
        "X-Amz-Date": isoSeconds(start),
        ServerTime: isoSeconds(now.getTime()),
      },
    });
  }
  const end = start + expiresInSeconds * 1000;
  if (now.getTime() <= end) return;
  throw new S3Error("AccessDenied", {
    message: "Request has expired",
    extra: {
      "X-Amz-Expires": String(expiresInSeconds),
      Expires: isoSeconds(end),
      ServerTime: isoSeconds(now.getTime()),
    },
  });
}

/** A header that S3 acts upon must not be addable by whoever carries the request. */
function assertHeadersSigned(headers: ReadonlyMap<string, string>, claim: SignatureClaim): void {
  const unsigned: string[] = claim.signedHeaders.includes("host") ? [] : ["host"];
  for (const [name, value] of headers) {
    if (!name.startsWith("x-amz-") || claim.signedHeaders.includes(name)) continue;
    if (!isCoveredElsewhere(name, value, claim)) unsigned.push(name);
  }
  if (unsigned.length === 0) return;
  throw new S3Error("AccessDenied", {
    message: "There were headers present in the request which were not signed",
    extra: { HeadersNotSigned: unsigned.join(", ") },
  });
}

/** Two values stand in the signed text even when they are not signed as headers. */
function isCoveredElsewhere(name: string, value: string, claim: SignatureClaim): boolean {
  if (name === "x-amz-content-sha256") return value === claim.payloadHash;
  return name === "x-amz-date" && claim.kind === "header";
}

function timeOf(amzDate: string): number {
  return parseAmzDate(amzDate)?.getTime() ?? Number.NaN;
}

function isoSeconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
