import type { Tag } from "../core/bucket-settings.ts";
import { parseTaggingHeader } from "../protocol/headers/tagging-header.ts";
import type { LinkClaim } from "../protocol/sigv2/link.ts";
import type { SignatureClaim } from "../protocol/sigv4/verify.ts";
import type { QueryParameters } from "../protocol/query.ts";
import type { RequestHeaders } from "./request-headers.ts";

export interface PolicyContextFacts {
  readonly headers: RequestHeaders;
  readonly query: QueryParameters;
  /** Of the object that is judged, which need not be the one in the query. */
  readonly versionId: string | undefined;
  readonly claim: SignatureClaim | undefined;
  readonly link: LinkClaim | undefined;
  /** Of the peer, as the socket has it. */
  readonly remoteAddress: string | undefined;
  /** Undefined: those of the header. */
  readonly requestTags: readonly Tag[] | undefined;
  readonly now: Date;
  readonly bucketOwner: string | undefined;
  readonly region: string;
}

/** Headers that are condition keys under their own name. */
const headerKeys = [
  "x-amz-acl",
  "x-amz-content-sha256",
  "x-amz-copy-source",
  "x-amz-grant-full-control",
  "x-amz-grant-read",
  "x-amz-grant-read-acp",
  "x-amz-grant-write",
  "x-amz-grant-write-acp",
  "x-amz-metadata-directive",
  "x-amz-object-ownership",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-storage-class",
  "x-amz-website-redirect-location",
] as const;

/** Query parameters that are condition keys. */
const queryKeys = [
  ["prefix", "s3:prefix"],
  ["delimiter", "s3:delimiter"],
  ["max-keys", "s3:max-keys"],
] as const;

/**
 * What the conditions of a bucket policy can ask of a request. Keys that follow from the caller are
 * added by the evaluator. Source: Service Authorization Reference, "Condition keys for Amazon S3".
 */
export function policyContext(
  facts: PolicyContextFacts,
): ReadonlyMap<string, string | readonly string[]> {
  const context = new Map<string, string | readonly string[]>();
  const set = (key: string, value: string | undefined): void => {
    if (value !== undefined) context.set(key, value);
  };
  const { headers, query, claim, now } = facts;
  for (const name of headerKeys) set(`s3:${name}`, headers.get(name));
  for (const [name, key] of queryKeys) set(key, query.get(name));
  set("s3:VersionId", facts.versionId);
  set("aws:CurrentTime", now.toISOString());
  set("aws:EpochTime", String(Math.floor(now.getTime() / 1000)));
  // The server speaks plain HTTP on loopback.
  set("aws:SecureTransport", "false");
  set("aws:SourceIp", facts.remoteAddress?.replace(/^::ffff:(?=\d)/, ""));
  set("aws:UserAgent", headers.get("user-agent"));
  set("aws:Referer", headers.get("referer"));
  set("aws:RequestedRegion", facts.region);
  set("aws:PrincipalIsAWSService", "false");
  set("aws:ViaAWSService", "false");
  set("s3:ResourceAccount", facts.bucketOwner);
  set("aws:ResourceAccount", facts.bucketOwner);
  if (claim !== undefined) {
    set("s3:authType", claim.kind === "header" ? "REST-HEADER" : "REST-QUERY-STRING");
    set("s3:signatureversion", "AWS4-HMAC-SHA256");
    set("s3:signatureAge", signatureAge(claim.amzDate, now));
  }
  if (facts.link !== undefined) {
    set("s3:authType", "REST-QUERY-STRING");
    set("s3:signatureversion", "AWS");
  }
  addRequestTags(context, facts.requestTags ?? headerTags(headers));
  return context;
}

/** Milliseconds since the signature was made. */
function signatureAge(amzDate: string, now: Date): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const signedAt = Date.UTC(
    year ?? 0,
    (month ?? 1) - 1,
    day ?? 1,
    hour ?? 0,
    minute ?? 0,
    second ?? 0,
  );
  return String(Math.max(0, now.getTime() - signedAt));
}

/** A copy that keeps the source's tags does not look at the header, so that it must not count. */
function headerTags(headers: RequestHeaders): readonly Tag[] {
  const keeps =
    headers.has("x-amz-copy-source") && headers.get("x-amz-tagging-directive") !== "REPLACE";
  return keeps ? [] : parseTaggingHeader(headers.get("x-amz-tagging") ?? "");
}

function addRequestTags(
  context: Map<string, string | readonly string[]>,
  tags: readonly Tag[],
): void {
  const keys: string[] = [];
  for (const { Key, Value } of tags) {
    context.set(`s3:RequestObjectTag/${Key}`, Value);
    keys.push(Key);
  }
  if (keys.length > 0) context.set("s3:RequestObjectTagKeys", keys);
}
