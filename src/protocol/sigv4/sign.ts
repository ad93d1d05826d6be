import { protocolLimits } from "../../core/limits.ts";
import type { Credentials } from "../../core/credentials.ts";
import { formatAmzDate } from "./amz-date.ts";
import { canonicalRequest, canonicalRequestHash, stringToSign } from "./canonical-request.ts";
import { credentialScope, signingKey, signString } from "./signing-key.ts";

export interface SignableRequest {
  readonly method: string;
  /** As it will be sent. */
  readonly rawPath: string;
  /** As it will be sent, without `?`. */
  readonly rawQuery: string;
  /** Names in lower case, `host` included; values as on the wire (latin1 views of UTF-8). */
  readonly headers: Readonly<Record<string, string>>;
}

export interface SigningOptions {
  readonly credentials: Credentials;
  readonly region: string;
  /** `s3`, `sts`, ... */
  readonly service: string;
  readonly now: Date;
  /** SHA-256 in hex, `UNSIGNED-PAYLOAD` or a `STREAMING-...` name. */
  readonly payloadHash: string;
}

/** Headers that proxies or HTTP libraries change on the way; botocore leaves out the same. */
const unsignedHeaders: ReadonlySet<string> = new Set([
  "accept-encoding",
  "authorization",
  "connection",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "x-amzn-trace-id",
]);

/** Signs with SigV4; answers the headers to add to those given. */
export function signRequest(
  request: SignableRequest,
  options: SigningOptions,
): Record<string, string> {
  const { credentials, region, service, payloadHash } = options;
  const { method, rawPath, rawQuery, headers } = request;
  const amzDate = formatAmzDate(options.now);
  const date = amzDate.slice(0, 8);
  const added: Record<string, string> = {
    "x-amz-content-sha256": payloadHash,
    "x-amz-date": amzDate,
  };
  if (credentials.sessionToken !== undefined) {
    added["x-amz-security-token"] = credentials.sessionToken;
  }
  const signedHeaders = sortedNames(Object.keys(headers), Object.keys(added));
  const headerValue = (name: string): string | undefined => added[name] ?? headers[name];
  const parts = { method, rawPath, rawQuery, signedHeaders, headerValue, payloadHash };
  const canonical = canonicalRequest(parts);
  const scope = credentialScope({ date, region, service });
  const { secretAccessKey } = credentials;
  const key = signingKey({ secretAccessKey, date, region, service });
  const signature = signString(key, stringToSign(amzDate, scope, canonicalRequestHash(canonical)));
  added["authorization"] =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
    `SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`;
  return added;
}

export function signedHeaderNames(headers: Readonly<Record<string, string>>): string[] {
  return Object.keys(headers)
    .filter((name) => !unsignedHeaders.has(name))
    .sort();
}

const sorted = new Map<string, readonly string[]>();

/** Requests of one kind have the same headers, time and again. */
function sortedNames(given: readonly string[], added: readonly string[]): readonly string[] {
  const kind = `${given.join()},${added.join()}`;
  const known = sorted.get(kind);
  if (known !== undefined) return known;
  const names = [...new Set([...given, ...added])]
    .filter((name) => !unsignedHeaders.has(name))
    .sort();
  if (sorted.size >= protocolLimits.signingKeys) sorted.clear();
  sorted.set(kind, names);
  return names;
}
