import { trimBlanks } from "../../headers/trim-blanks.ts";
import { uriEncode } from "../../query.ts";
import { S3Error } from "../../s3-error.ts";
import { presignRequest } from "../presign.ts";
import { signRequest } from "../sign.ts";
import { collectHeaders } from "../received-request.ts";
import {
  readSignatureClaim,
  verifySignature,
  type ReceivedRequest,
  type VerifiedSignature,
} from "../verify.ts";

export const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret/+" };
export const now = new Date("2026-11-24T06:30:05Z");
const place = { credentials, region: "us-east-1", service: "s3", now };
export const payloadHash = "UNSIGNED-PAYLOAD";

interface Parts {
  method?: string;
  rawPath?: string;
  rawQuery?: string;
  headers?: Record<string, string>;
  token?: string;
}

export function signed(parts: Parts = {}): ReceivedRequest {
  const { method = "GET", rawPath = "/bucket/key", rawQuery = "", headers = {}, token } = parts;
  const all = { host: "localhost:9000", ...headers };
  const signer = token === undefined ? credentials : { ...credentials, sessionToken: token };
  const request = { method, rawPath, rawQuery, headers: all };
  const added = signRequest(request, { ...place, credentials: signer, payloadHash });
  return { method, rawPath, rawQuery, headers: headersOf({ ...all, ...added }) };
}

export function presigned(parts: Parts & { expiresInSeconds?: number } = {}): ReceivedRequest {
  const { method = "GET", rawPath = "/bucket/key", rawQuery = "", headers = {}, token } = parts;
  const all = { host: "localhost:9000", ...headers };
  const signer = token === undefined ? credentials : { ...credentials, sessionToken: token };
  const query = presignRequest(
    { method, rawPath, rawQuery, headers: all },
    { ...place, credentials: signer, expiresInSeconds: parts.expiresInSeconds ?? 600 },
  );
  return { method, rawPath, rawQuery: query, headers: headersOf(all) };
}

function headersOf(fields: Readonly<Record<string, string>>): Map<string, string> {
  return collectHeaders(Object.entries(fields).flat());
}

export function verify(
  request: ReceivedRequest,
  secret = credentials.secretAccessKey,
  at = now,
): VerifiedSignature {
  const claim = readSignatureClaim(request);
  if (claim === undefined) throw new Error("anonymous");
  return verifySignature(request, claim, secret, at);
}

export function refusal(action: () => unknown): S3Error {
  try {
    action();
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
  throw new Error("accepted");
}

export function withHeader(
  request: ReceivedRequest,
  name: string,
  value: string | undefined,
): ReceivedRequest {
  const headers = new Map(request.headers);
  headers.delete(name);
  if (value !== undefined) headers.set(name, trimBlanks(value));
  return { ...request, headers };
}

export function withQuery(
  request: ReceivedRequest,
  name: string,
  value: string | undefined,
): ReceivedRequest {
  const pairs = request.rawQuery.split("&").filter((pair) => !pair.startsWith(`${name}=`));
  if (value !== undefined) pairs.push(`${name}=${uriEncode(value)}`);
  return { ...request, rawQuery: pairs.join("&") };
}
