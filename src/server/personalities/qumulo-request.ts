import { operationShape, type S3OperationName } from "../../protocol/operations.ts";
import type { QueryParameters } from "../../protocol/query.ts";
import type { S3Error } from "../../protocol/s3-error.ts";
import type { RequestHeaders } from "../request-headers.ts";
import type { UnderstoodRequest } from "../understand-request.ts";
import { holdsIn, ignoredConditions, qumuloFacts, qumuloHeaders } from "./qumulo-facts.ts";
import { fromRoot } from "./qumulo-paths.ts";
import { qumuloOperation } from "./qumulo-operations.ts";
import type { QumuloVersion } from "./qumulo-version.ts";
import { refuse } from "./refuse.ts";

/**
 * A request as Qumulo sees it: what it does not know is gone from headers and query, and what it refuses
 * whoever asks is refused here. Signatures are proven against the request as it came.
 */
export function takeAsQumulo(
  understood: UnderstoodRequest,
  version: QumuloVersion,
): UnderstoodRequest {
  assertOwnKind(understood);
  assertPlainPayload(understood.headers);
  for (const fact of qumuloHeaders) {
    if (holdsIn(fact, version)) refuseHeader(understood.headers, fact);
  }
  const { operation, target } = understood;
  const isWrite = operation !== undefined && !isRead(operation.name);
  const hidden = (name: string): boolean =>
    isIgnored(name, version) || (isWrite && ignoredConditions.has(name));
  return {
    ...understood,
    headers: understood.headers.without(hidden),
    target: {
      ...target,
      key: fromRoot(target.key),
      query: listingQuery(target.query, operation?.name),
    },
    // STS, IAM, KMS and the portal are not there: their calls are judged as calls of S3.
    service: undefined,
    sso: undefined,
    operation: operation && qumuloOperation(operation, version),
  };
}

/** Throws S3Error for credentials and links that it does not take, and for writes of nobody. */
function assertOwnKind({ claim, link, operation, received }: UnderstoodRequest): void {
  const { sessionTokens, presignedPost, guest } = qumuloFacts;
  const signer = claim ?? link;
  if (signer?.sessionToken !== undefined) {
    throw refuse(sessionTokens.reaction, "This store knows no temporary credentials.");
  }
  if (claim?.kind === "presigned" && received.method === "POST") {
    throw refuse(presignedPost.reaction, "A presigned link cannot be used with POST here.");
  }
  if (operation?.name === "PostObject") {
    throw refuse(presignedPost.reaction, "Browser forms are not taken here.");
  }
  if (signer === undefined && operation !== undefined && !isRead(operation.name)) {
    throw refuse(guest.reaction, "Access Denied");
  }
}

function isRead(name: S3OperationName): boolean {
  const { method } = operationShape(name);
  return method === "GET" || method === "HEAD";
}

function assertPlainPayload(headers: RequestHeaders): void {
  const framed =
    headers.get("x-amz-content-sha256")?.toUpperCase().startsWith("STREAMING-") === true ||
    headers.has("x-amz-trailer") ||
    headers.get("content-encoding")?.toLowerCase().includes("aws-chunked") === true;
  if (!framed) return;
  throw refuse(
    qumuloFacts.streaming.reaction,
    "Payloads in chunks, signed or with trailers, are not taken here; send the body in one piece.",
    { extra: { Header: "x-amz-content-sha256" } },
  );
}

function refuseHeader(headers: RequestHeaders, fact: (typeof qumuloHeaders)[number]): void {
  const { header, harmless = [], reaction, what } = fact;
  if (typeof reaction === "string") return;
  for (const [name, value] of headers.starting(prefixOf(header))) {
    if (!matches(header, name) || harmless.includes(value.toLowerCase())) continue;
    throw refuse(reaction, `${what}; the header ${name} is not taken.`, {
      extra: { Header: name },
    });
  }
}

function isIgnored(name: string, version: QumuloVersion): boolean {
  return qumuloHeaders.some(
    (fact) =>
      matches(fact.header, name) &&
      holdsIn(fact, version) &&
      (fact.reaction === "ignored" || fact.harmless !== undefined),
  );
}

function prefixOf(header: string): string {
  return header.endsWith("*") ? header.slice(0, -1) : header;
}

function matches(header: string, name: string): boolean {
  return header.endsWith("*") ? name.startsWith(prefixOf(header)) : name === header;
}

/** Throws S3Error for a delimiter that it does not have. */
function listingQuery(query: QueryParameters, name: S3OperationName | undefined): QueryParameters {
  if (name === undefined || !listings.has(name)) return query;
  const delimiter = query.get("delimiter") ?? "";
  if (delimiter !== "" && delimiter !== "/") {
    throw refuse(qumuloFacts.delimiter.reaction, "The only delimiter here is /.", {
      extra: { ArgumentName: "delimiter", ArgumentValue: delimiter },
    });
  }
  return query.without("start-after");
}

const listings: ReadonlySet<S3OperationName> = new Set<S3OperationName>([
  "ListObjects",
  "ListObjectsV2",
  "ListMultipartUploads",
]);

/** Refused by AWS's own words further in; Qumulo has others. */
export function restateAsQumulo(error: S3Error, unsupported: string): S3Error {
  if (error.code !== "InvalidRequest" || error.message !== unsupported) return error;
  return refuse(qumuloFacts.signatureVersion2.reaction, "Only Signature Version 4 is taken here.");
}
