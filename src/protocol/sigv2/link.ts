import { createHmac } from "node:crypto";
import { s3Limits } from "../../core/limits.ts";
import { decodeHeaderText } from "../headers/header-text.ts";
import { percentDecode } from "../percent-decode.ts";
import { QueryParameters } from "../query.ts";
import { S3Error } from "../s3-error.ts";
import type { ReceivedRequest } from "../sigv4/received-request.ts";
import { hexBytes } from "../hex-bytes.ts";
import { sameText } from "../same-text.ts";
import { isSignedSubresource } from "./subresources.ts";

/**
 * What a presigned link of Signature Version 2 says; nothing of it is proven yet. boto3 and AWS CLI 1
 * make such links for us-east-1 unless told otherwise, and S3 takes them there (also for new buckets:
 * recorded by localstack in February 2026).
 */
export interface LinkClaim {
  readonly accessKeyId: string;
  /** Base64. */
  readonly signature: string;
  /** Seconds since 1970, as in the link. */
  readonly expires: string;
  readonly sessionToken?: string;
}

const required = ["AWSAccessKeyId", "Signature", "Expires"] as const;

/**
 * Undefined: not such a link; links that carry another signature too are left to that one's reader.
 * Throws S3Error AccessDenied when a part is missing or the time is no number.
 */
export function readLinkClaim(request: ReceivedRequest): LinkClaim | undefined {
  const query = QueryParameters.parse(request.rawQuery);
  if (!query.has("AWSAccessKeyId") && !query.has("Signature")) return undefined;
  if (query.has("X-Amz-Algorithm") || query.has("X-Amz-Signature")) return undefined;
  const { headers } = request;
  if (headers.has("authorization")) return undefined;
  if (!required.every((name) => query.has(name))) {
    throw new S3Error("AccessDenied", {
      message:
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
    });
  }
  const expires = query.get("Expires") ?? "";
  if (!/^\d{1,11}$/.test(expires)) {
    throw new S3Error("AccessDenied", {
      message: `Invalid date (should be seconds since epoch): ${expires}`,
    });
  }
  const sessionToken = amzValues(query, headers).get("x-amz-security-token");
  return {
    accessKeyId: query.get("AWSAccessKeyId") ?? "",
    signature: query.get("Signature") ?? "",
    expires,
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

export interface LinkProof {
  readonly request: ReceivedRequest;
  readonly claim: LinkClaim;
  readonly secretAccessKey: string;
  /** Of a virtual-hosted request, whose path lacks it. */
  readonly hostedBucket: string | undefined;
  readonly now: Date;
}

/**
 * Proves a link. Throws S3Error AccessDenied "Request has expired", or for an end more than a week
 * ahead, or SignatureDoesNotMatch. The
 * signature covers the method, the path, known sub-resources, `x-amz-*`, Content-MD5 and
 * Content-Type, but no other query parameter: see `isSignedSubresource`.
 * Source: S3 developer guide, "Signing and Authenticating REST Requests", and botocore's signer.
 */
export function verifyLink({ request, claim, ...proof }: LinkProof): void {
  const end = Number(claim.expires) * 1000;
  if (proof.now.getTime() > end) {
    throw new S3Error("AccessDenied", {
      message: "Request has expired",
      extra: { Expires: isoSeconds(end), ServerTime: isoSeconds(proof.now.getTime()) },
    });
  }
  // A link of Signature Version 4 opens what it names for a week at most.
  const latest = proof.now.getTime() + (s3Limits.presignSeconds + s3Limits.clockSkewSeconds) * 1000;
  if (end > latest) {
    throw new S3Error("AccessDenied", {
      message: `Expires must be less than a week (${s3Limits.presignSeconds} seconds) ahead`,
      extra: { Expires: claim.expires, ServerTime: isoSeconds(proof.now.getTime()) },
    });
  }
  const fits = (text: string): boolean => {
    const expected = createHmac("sha1", proof.secretAccessKey).update(text, "utf8");
    return sameText(expected.digest("base64"), claim.signature);
  };
  const texts = signedPaths(request.rawPath, proof.hostedBucket).map((path) =>
    linkStringToSign(request, claim.expires, path),
  );
  if (readsOneWay(request) && texts.some(fits)) return;
  const [text = ""] = texts;
  throw new S3Error("SignatureDoesNotMatch", {
    extra: {
      AWSAccessKeyId: claim.accessKeyId,
      StringToSign: text,
      SignatureProvided: claim.signature,
      StringToSignBytes: hexBytes(Buffer.from(text, "utf8").toString("latin1")),
    },
  });
}

/**
 * Values are signed unescaped, one behind another, so that `partNumber=2&uploadId=u` is also what the
 * one parameter `partNumber=2%26uploadId%3Du` gives: the link for a part would put an object. False for
 * values that hold what could be a further parameter or header.
 */
function readsOneWay(request: ReceivedRequest): boolean {
  return QueryParameters.parse(request.rawQuery)
    .entries()
    .every(([name, value]) => {
      if (isSignedSubresource(name)) return !holdsSubresource(value);
      const isHeader = /^(?:x-amz-|content-md5$|content-type$)/i.test(name);
      return !isHeader || (!/[\r\n]/.test(value) && !/[:\r\n]/.test(name));
    });
}

function holdsSubresource(value: string): boolean {
  const [, ...others] = value.split("&");
  return others.some((text) => isSignedSubresource(text.split("=")[0] ?? ""));
}

/** botocore signs a bucket's own path as `/bucket/`, also where it asks for `/bucket`. */
function signedPaths(rawPath: string, hostedBucket: string | undefined): string[] {
  if (hostedBucket !== undefined) return [`/${hostedBucket}${rawPath}`];
  return /^\/[^/]+$/.test(rawPath) ? [rawPath, `${rawPath}/`] : [rawPath];
}

function linkStringToSign(request: ReceivedRequest, expires: string, path: string): string {
  const query = QueryParameters.parse(request.rawQuery);
  const { headers } = request;
  // SDKs move these headers into the link; a header that is sent must then say the same.
  const plain = (name: string): string =>
    decodeHeaderText(headers.get(name) ?? "") || (query.get(name) ?? "");
  const amzLines = [...amzValues(query, headers)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}\n`);
  return (
    `${request.method}\n${plain("content-md5")}\n${plain("content-type")}\n${expires}\n` +
    `${amzLines.join("")}${path}${signedQuery(request.rawQuery)}`
  );
}

/** As the server will read them: a header wins over its twin in the link. */
function amzValues(
  query: QueryParameters,
  headers: ReadonlyMap<string, string>,
): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of headers) {
    if (name.startsWith("x-amz-")) values.set(name, decodeHeaderText(value));
  }
  for (const [name, value] of query.entries()) {
    const lower = name.toLowerCase();
    if (lower.startsWith("x-amz-") && !values.has(lower)) values.set(lower, value);
  }
  return values;
}

function signedQuery(rawQuery: string): string {
  const signed: { readonly name: string; readonly text: string }[] = [];
  for (const pair of rawQuery.split("&")) {
    const [rawName = "", ...rest] = pair.split("=");
    // Decoded as the server will read it: an escaped name must not slip past the signature.
    const name = percentDecode(rawName);
    if (!isSignedSubresource(name)) continue;
    // Escapes are undone, but "+" stays what it is.
    const text = pair.includes("=") ? `${name}=${percentDecode(rest.join("="))}` : name;
    signed.push({ name, text });
  }
  if (signed.length === 0) return "";
  signed.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return `?${signed.map(({ text }) => text).join("&")}`;
}

function isoSeconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
