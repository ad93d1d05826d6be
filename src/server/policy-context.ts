import type { Tag } from "../core/bucket-settings.ts";
import type { ObjectEncryption } from "../engine/object-encryption.ts";
import { copySourceHeader, parseCopySource } from "../protocol/headers/copy-source.ts";
import { parseTaggingHeader } from "../protocol/headers/tagging-header.ts";
import type { LinkClaim } from "../protocol/sigv2/link.ts";
import type { SignatureClaim } from "../protocol/sigv4/verify.ts";
import type { QueryParameters } from "../protocol/query.ts";
import { type ContextLookup, type Organization, valuesOfTag } from "../policy/request.ts";
import type { ClientOrigin } from "./client-origin.ts";
import type { RequestHeaders } from "./request-headers.ts";

export interface PolicyContextFacts {
  /** The operation's, see its trait of this name. */
  readonly conditionKeys: Readonly<Record<string, string>>;
  readonly headers: RequestHeaders;
  readonly query: QueryParameters;
  /** The version of the object that is judged, which need not be the one in the query. */
  readonly versionId: string | undefined;
  readonly claim: SignatureClaim | undefined;
  readonly link: LinkClaim | undefined;
  readonly origin: ClientOrigin;
  /** Undefined: the tags of the request's header. */
  readonly requestTags: readonly Tag[] | undefined;
  /** The operation's, see its trait of this name. */
  readonly tagsByHeader: boolean;
  /** The tags of the object that is there; read when they are asked for. */
  readonly existingTags: () => readonly Tag[];
  /** Of the multipart upload that the request is part of; read when it is asked for. */
  readonly uploadEncryption: () => ObjectEncryption | undefined;
  readonly now: Date;
  readonly bucketOwner: string | undefined;
  /** Of the bucket's owner. */
  readonly organization: Organization | undefined;
  readonly region: string;
}

/** Headers that are condition keys under their own name. */
const headerKeys = [
  "if-match",
  "if-none-match",
  "x-amz-acl",
  "x-amz-bucket-namespace",
  "x-amz-content-sha256",
  "x-amz-grant-full-control",
  "x-amz-grant-read",
  "x-amz-grant-read-acp",
  "x-amz-grant-write",
  "x-amz-grant-write-acp",
  "x-amz-metadata-directive",
  "x-amz-object-ownership",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-storage-class",
  "x-amz-website-redirect-location",
] as const;

type ReadKey = (facts: PolicyContextFacts) => string | undefined;

/** In lower case. Source: Service Authorization Reference, "Condition keys for Amazon S3". */
const keys: ReadonlyMap<string, ReadKey> = new Map<string, ReadKey>([
  ...headerKeys.map(headerKey),
  ["s3:prefix", ({ query }) => query.get("prefix")],
  ["s3:delimiter", ({ query }) => query.get("delimiter")],
  [
    "s3:max-keys",
    ({ query, conditionKeys }) => query.get("max-keys") ?? conditionKeys["s3:max-keys"],
  ],
  ["s3:versionid", ({ versionId }) => versionId],
  ["aws:currenttime", ({ now }) => now.toISOString()],
  ["aws:epochtime", ({ now }) => String(Math.floor(now.getTime() / 1000))],
  ["aws:securetransport", ({ origin }) => String(origin.secure)],
  // Through an endpoint there is no public address. Source: IAM User Guide, "Global condition keys".
  ["aws:sourceip", ({ origin }) => (origin.endpoint === undefined ? origin.address : undefined)],
  ["aws:vpcsourceip", ({ origin }) => origin.endpoint && origin.address],
  ["aws:sourcevpc", ({ origin }) => origin.endpoint?.vpc],
  ["aws:sourcevpce", ({ origin }) => origin.endpoint?.id],
  ["aws:vpceaccount", ({ origin }) => origin.endpoint?.accountId],
  ["aws:useragent", ({ headers }) => headers.get("user-agent")],
  ["aws:referer", ({ headers }) => headers.get("referer")],
  ["aws:requestedregion", ({ region }) => region],
  ["aws:principalisawsservice", () => "false"],
  ["aws:viaawsservice", () => "false"],
  ["s3:resourceaccount", ({ bucketOwner }) => bucketOwner],
  ["aws:resourceaccount", ({ bucketOwner }) => bucketOwner],
  ["aws:resourceorgid", ({ organization }) => organization?.id],
  ["aws:resourceorgpaths", ({ organization }) => organization?.path],
  ["s3:x-amz-server-side-encryption", encryptionAlgorithm],
  ["s3:x-amz-server-side-encryption-aws-kms-key-id", encryptionKey],
  [
    "s3:objectcreationoperation",
    ({ conditionKeys }) => conditionKeys["s3:objectcreationoperation"],
  ],
  ["s3:authtype", (facts) => facts.conditionKeys["s3:authtype"] ?? authType(facts)],
  ["s3:signatureversion", signatureVersion],
  ["s3:signatureage", signatureAge],
  ["s3:tlsversion", ({ origin }) => origin.tlsVersion],
]);

function headerKey(name: string): readonly [string, ReadKey] {
  return [`s3:${name}`, ({ headers }) => headers.get(name)];
}

const existingTag = "s3:existingobjecttag/";
const requestTag = "s3:requestobjecttag/";

/**
 * What the conditions of a bucket policy can ask of a request. Keys that follow from the caller are
 * added by the evaluator.
 */
export function policyContext(facts: PolicyContextFacts): ContextLookup {
  // A policy may ask for hundreds of them, and a header may hold thousands.
  let existing: readonly Tag[] | undefined;
  let requested: readonly Tag[] | undefined;
  return (key) => {
    if (key.startsWith(existingTag)) {
      existing ??= facts.existingTags();
      return valuesOfTag(existing, key.slice(existingTag.length));
    }
    if (key.startsWith(requestTag)) {
      requested ??= requestTags(facts);
      return valuesOfTag(requested, key.slice(requestTag.length));
    }
    if (key === "s3:requestobjecttagkeys") {
      const names = requestTags(facts).map(({ Key }) => Key);
      return names.length === 0 ? undefined : names;
    }
    if (key === `s3:${copySourceHeader}`) return copySources(facts.headers);
    const value = keys.get(key)?.(facts);
    return value === undefined ? undefined : [value];
  };
}

/**
 * The source as policies write it, `bucket/key`, with and without a slash in front: the header may
 * spell it otherwise, and a condition is about the object. What is no source stands as it came.
 */
function copySources(headers: RequestHeaders): readonly string[] | undefined {
  const text = headers.get(copySourceHeader);
  if (text === undefined) return undefined;
  try {
    const { bucket, key, versionId } = parseCopySource(text);
    const source = `${bucket}/${key}${versionId === undefined ? "" : `?versionId=${versionId}`}`;
    return [source, `/${source}`];
  } catch {
    return [text];
  }
}

/**
 * What CreateMultipartUpload was asked for counts for the calls after it, which need not say it again
 * and cannot change it.
 */
function encryptionAlgorithm({ headers, uploadEncryption }: PolicyContextFacts) {
  const upload = uploadEncryption();
  if (upload === undefined) return headers.get("x-amz-server-side-encryption");
  return upload.customerKeyMd5 === undefined ? upload.algorithm : undefined;
}

function encryptionKey({ headers, uploadEncryption }: PolicyContextFacts) {
  const upload = uploadEncryption();
  if (upload !== undefined) return upload.kmsKeyId;
  return headers.get("x-amz-server-side-encryption-aws-kms-key-id");
}

function authType({ claim, link }: PolicyContextFacts): string | undefined {
  if (link !== undefined) return "REST-QUERY-STRING";
  if (claim === undefined) return undefined;
  return claim.kind === "header" ? "REST-HEADER" : "REST-QUERY-STRING";
}

function signatureVersion({ claim, link }: PolicyContextFacts): string | undefined {
  if (link !== undefined) return "AWS";
  return claim === undefined ? undefined : "AWS4-HMAC-SHA256";
}

/** Milliseconds since the signature was made. */
function signatureAge({ claim, now }: PolicyContextFacts): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(claim?.amzDate ?? "");
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

function requestTags(facts: PolicyContextFacts): readonly Tag[] {
  const { requestTags: tags, tagsByHeader, headers } = facts;
  if (tags !== undefined) return tags;
  if (!tagsByHeader) return [];
  // A copy that keeps the source's tags does not look at the header, so that it must not count.
  const keeps =
    headers.has("x-amz-copy-source") && headers.get("x-amz-tagging-directive") !== "REPLACE";
  return keeps ? [] : parseTaggingHeader(headers.get("x-amz-tagging") ?? "");
}
