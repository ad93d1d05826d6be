import type { BucketRecord } from "../engine/engine.ts";
import { matchOperation, operationShape, actionFor } from "../protocol/operations.ts";
import type { S3OperationName } from "../protocol/operations.ts";
import { parseRequestTarget, type RequestTarget } from "../protocol/request-target.ts";
import { S3Error } from "../protocol/s3-error.ts";
import {
  assertCredentialScope,
  type ReceivedRequest,
  readSignatureClaim,
  type SignatureClaim,
} from "../protocol/sigv4/verify.ts";
import { type LinkClaim, readLinkClaim } from "../protocol/sigv2/link.ts";
import { type Authentication, authenticate, authenticateLink } from "./authenticate.ts";
import { mayAskForRequestTags, mayServeAnonymous } from "./authorize.ts";
import { assertExpectedOwner } from "./expected-owner.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { assertLinkReach } from "./link-reach.ts";
import type { OperationRequest, ResourceAddress, S3Response } from "./operation.ts";
import { findOperation } from "./operation-list.ts";
import { handleQueryService, queryServiceOf } from "./query-services.ts";
import { RequestHeaders } from "./request-headers.ts";
import { errorResponse, type RequestIds, respond } from "./respond.ts";
import type { ServerContext } from "./server-context.ts";
import { ServerRequest } from "./server-request.ts";

/** Filled in as a request is understood, for the log. */
interface RequestTrace {
  operation?: string;
  bucket: string;
  key: string;
  accessKeyId?: string;
  errorCode?: string;
}

/** Answers one request, whatever happens. Never throws. */
export async function handleRequest(context: ServerContext, exchange: HttpExchange): Promise<void> {
  const startedAt = performance.now();
  const ids = newRequestIds(context);
  const trace: RequestTrace = { bucket: "", key: "" };
  const refuse = (cause: unknown): S3Response => {
    const error = asS3Error(cause);
    if (error.status >= 500 && error.code !== "NotImplemented") {
      context.log({ kind: "failure", requestId: ids.requestId, error: error.cause ?? error });
    }
    trace.errorCode = error.code;
    return errorResponse(error, ids);
  };
  let response: S3Response;
  try {
    response = await dispatch(context, exchange, ids, trace);
    if (response.status < 400) exchange.sendContinue();
  } catch (cause) {
    response = refuse(cause);
  }
  try {
    await respond(exchange, response, ids);
  } catch (cause) {
    response = refuse(cause);
    if (!exchange.response.destroyed) await respond(exchange, response, ids);
  }
  context.log({
    kind: "request",
    requestId: ids.requestId,
    method: exchange.request.method ?? "",
    operation: trace.operation,
    bucket: trace.bucket,
    key: trace.key,
    status: response.status,
    errorCode: trace.errorCode,
    aborted: exchange.response.destroyed && !exchange.response.writableFinished,
    accessKeyId: trace.accessKeyId,
    durationMs: performance.now() - startedAt,
  });
}

async function dispatch(
  context: ServerContext,
  exchange: HttpExchange,
  ids: RequestIds,
  trace: RequestTrace,
): Promise<S3Response> {
  const { request } = exchange;
  const target = parseRequestTarget(
    request.url ?? "/",
    request.headers.host,
    context.virtualHostDomains,
  );
  trace.bucket = target.bucket;
  trace.key = target.key;
  const received: ReceivedRequest = {
    method: request.method ?? "GET",
    rawPath: target.rawPath,
    rawQuery: target.rawQuery,
    rawHeaders: request.rawHeaders,
  };
  const headers = new RequestHeaders(request.rawHeaders);
  const link = readLinkClaim(received);
  const claim = link === undefined ? readSignatureClaim(received) : undefined;
  const signer = link ?? claim;
  if (signer !== undefined) trace.accessKeyId = signer.accessKeyId;
  const service = queryServiceOf(received, target, claim, headers.get("content-type"));
  if (service !== undefined && link === undefined) {
    trace.operation = service;
    const { requestId } = ids;
    return handleQueryService({ service, context, exchange, received, claim, requestId });
  }
  const now = context.now();
  const { caller, verified } = identify({ context, received, target, headers, link, claim, now });
  const name = requestedOperation(received.method, target, headers);
  trace.operation = name;
  if (link !== undefined) assertLinkReach(name, context.engine.getBucket(target.bucket));
  const operationRequest = new ServerRequest({
    context,
    exchange,
    requestId: ids.requestId,
    now,
    target,
    headers,
    operation: name,
    caller,
    claim,
    link,
    verified,
  });
  try {
    return await runOperation(name, operationRequest, claim);
  } catch (cause) {
    throw withBucketRegion(name, cause, context.engine.getBucket(target.bucket));
  }
}

interface SignedRequest {
  readonly context: ServerContext;
  readonly received: ReceivedRequest;
  readonly target: RequestTarget;
  readonly headers: RequestHeaders;
  readonly link: LinkClaim | undefined;
  readonly claim: SignatureClaim | undefined;
  readonly now: Date;
}

/** Proves whatever signature there is, and lets the headers that stand in a link count. */
function identify(signed: SignedRequest): Authentication {
  const { context, received, target, headers, link, claim, now } = signed;
  const { identities } = context;
  if (link !== undefined || claim?.kind === "presigned") {
    headers.addHoisted(target.query.entries());
  }
  if (link !== undefined) return authenticateLink(received, target, link, { identities, now });
  if (claim !== undefined) {
    assertCredentialScope(claim, { region: claim.region, service: "s3" });
  }
  return authenticate(received, claim, identities, now);
}

async function runOperation(
  name: S3OperationName,
  request: OperationRequest,
  claim: SignatureClaim | undefined,
): Promise<S3Response> {
  const operation = findOperation(name);
  // A browser's form is signed inside its body, so nothing can be judged before it is read.
  if (name === "PostObject" || name === "PreflightBucket" || name === "PreflightObject") {
    if (operation === undefined) throw notImplemented(name);
    return operation.handle(request);
  }
  const ofBucket = request.bucketName !== "" && name !== "CreateBucket";
  const bucket = ofBucket ? request.bucket() : undefined;
  if (bucket !== undefined) assertRegion(claim, bucket, request.server.region);
  assertExpectedOwner(request.header("x-amz-expected-bucket-owner"), bucket);
  // Keys and tags in a document are judged inside the operation, once it has been read.
  if (isJudgedByDocument(name, bucket)) assertWorthReading(request);
  else {
    const action = actionFor(name, { versioned: request.query.has("versionId") });
    request.authorize(action, request.key === "" ? {} : ownAddress(name, request));
  }
  assertMayManagePolicy(name, request, bucket);
  if (operation === undefined) throw notImplemented(name);
  return operation.handle(request);
}

function isJudgedByDocument(name: S3OperationName, bucket: BucketRecord | undefined): boolean {
  if (name === "DeleteObjects") return true;
  return name === "PutObjectTagging" && bucket !== undefined && mayAskForRequestTags(bucket);
}

/** Megabytes of XML are a way to hurt the server: nobody's are read where nobody may do anything. */
function assertWorthReading(request: OperationRequest): void {
  if (request.caller.kind !== "anonymous" || mayServeAnonymous(request.bucket())) return;
  throw new S3Error("AccessDenied");
}

const policyOperations: ReadonlySet<S3OperationName> = new Set([
  "GetBucketPolicy",
  "PutBucketPolicy",
  "DeleteBucketPolicy",
]);

/**
 * Whoever may write the policy may write himself anything, so S3 keeps these to the owner's account
 * even when the policy gives them to others. Source: API reference, PutBucketPolicy.
 */
function assertMayManagePolicy(
  name: S3OperationName,
  { caller }: OperationRequest,
  bucket: BucketRecord | undefined,
): void {
  if (!policyOperations.has(name)) return;
  if (caller.kind !== "anonymous" && caller.accountId === bucket?.ownerAccountId) return;
  throw new S3Error("MethodNotAllowed", { extra: { ResourceType: "BUCKETPOLICY" } });
}

/** A version counts only for operations that act on one: a put goes to the latest, whatever it says. */
function ownAddress(name: S3OperationName, { key, query }: OperationRequest): ResourceAddress {
  const versionId = query.get("versionId");
  const takesVersion = actionFor(name, { versioned: true }) !== actionFor(name);
  return versionId === undefined || !takesVersion ? { key } : { key, versionId };
}

function requestedOperation(
  method: string,
  target: RequestTarget,
  headers: RequestHeaders,
): S3OperationName {
  const name = matchOperation({
    method,
    bucket: target.bucket,
    key: target.key,
    query: target.query,
    hasHeader: (header) => headers.has(header),
  });
  if (name !== undefined) return name;
  const resource = target.bucket === "" ? "SERVICE" : target.key === "" ? "BUCKET" : "OBJECT";
  throw new S3Error("MethodNotAllowed", { extra: { Method: method, ResourceType: resource } });
}

/**
 * One endpoint stands for all regions: a request may be signed for the bucket's region or the
 * server's. Anything else is the mistake that S3 answers with the region to use.
 */
function assertRegion(
  claim: SignatureClaim | undefined,
  bucket: BucketRecord,
  serverRegion: string,
): void {
  if (claim === undefined || claim.region === serverRegion) return;
  assertCredentialScope(claim, { region: bucket.region, service: "s3" });
}

const regionErrors: ReadonlySet<string> = new Set([
  "AuthorizationHeaderMalformed",
  "AuthorizationQueryParametersError",
]);

/** HeadBucket has no body to explain itself in: clients learn the region from the header. */
function withBucketRegion(
  name: S3OperationName,
  cause: unknown,
  bucket: BucketRecord | undefined,
): unknown {
  if (bucket === undefined || !(cause instanceof S3Error)) return cause;
  if (name !== "HeadBucket" && !regionErrors.has(cause.code)) return cause;
  return new S3Error(cause.code, {
    message: cause.message,
    status: cause.status,
    extra: cause.extra,
    headers: { "x-amz-bucket-region": bucket.region, ...cause.headers },
    cause,
  });
}

function asS3Error(cause: unknown): S3Error {
  return cause instanceof S3Error ? cause : new S3Error("InternalError", { cause });
}

function notImplemented(name: S3OperationName): S3Error {
  const { query } = operationShape(name);
  return new S3Error("NotImplemented", {
    message: `${name} is not implemented by this server.`,
    ...(query !== undefined && { extra: { Header: query } }),
  });
}

function newRequestIds(context: ServerContext): RequestIds {
  return {
    requestId: context.randomBytes(8).toString("hex").toUpperCase(),
    hostId: context.randomBytes(48).toString("base64"),
  };
}
