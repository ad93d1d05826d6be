import { explainMismatch, matchOperation } from "../protocol/operations.ts";
import { parseRequestTarget, type RequestTarget } from "../protocol/request-target.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { unsupportedMechanism } from "../protocol/sigv4/header-claim.ts";
import { type LinkClaim, readLinkClaim } from "../protocol/sigv2/link.ts";
import {
  type ReceivedRequest,
  readSignatureClaim,
  type SignatureClaim,
} from "../protocol/sigv4/verify.ts";
import { type ClientOrigin, clientOrigin } from "./client-origin.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { findOperation } from "./operation-list.ts";
import type { Operation } from "./operation.ts";
import { type OtherServiceName, otherServiceOf } from "./other-services.ts";
import { assertSoundHeaders, RequestHeaders } from "./request-headers.ts";
import type { RequestTrace } from "./request-trace.ts";
import { ssoRouteOf, type SsoRoute } from "./sso/handle-sso.ts";
import type { ServerContext } from "./server-context.ts";
import type { ReachedEndpoint, VpcEndpoint } from "./world/vpc-endpoints.ts";

/** What a request says, none of it proven. Routing, proof and judgement all go by this one view. */
export interface UnderstoodRequest {
  readonly received: ReceivedRequest;
  readonly target: RequestTarget;
  /** The request's headers, with those that a link carries in its query. */
  readonly headers: RequestHeaders;
  readonly origin: ClientOrigin;
  /** A presigned link of Signature Version 2; then there is no `claim`. */
  readonly link: LinkClaim | undefined;
  readonly claim: SignatureClaim | undefined;
  /** The service that the request is for. Undefined: S3, and then `operation` counts. */
  readonly service: OtherServiceName | undefined;
  /** The call of the SSO portal that it is, which nobody signs. */
  readonly sso: SsoRoute | undefined;
  /** Undefined: S3 has no such operation. */
  readonly operation: Operation | undefined;
}

/** Throws S3Error for what cannot be read; `trace` then holds what could. */
export function understandRequest(
  context: ServerContext,
  { head, socket, headers: wireHeaders }: HttpExchange,
  trace: RequestTrace,
): UnderstoodRequest {
  assertSoundHeaders(head);
  const headers = new RequestHeaders(wireHeaders);
  const endpoint = context.vpcEndpoints.find(wireHeaders.get("host"));
  const origin = originThrough(endpoint, clientOrigin(socket, wireHeaders, context.trustedProxies));
  trace.address = origin.address;
  const domains = domainsOf(endpoint, context);
  const target = parseRequestTarget(head.target, wireHeaders.get("host"), domains);
  trace.bucket = target.bucket;
  trace.key = target.key;
  const { rawPath, rawQuery, query } = target;
  const { method } = head;
  const received: ReceivedRequest = { method, rawPath, rawQuery, headers: wireHeaders };
  const { link, claim } = readClaim(received, context);
  const signer = link ?? claim;
  if (signer !== undefined) trace.accessKeyId = signer.accessKeyId;
  const { service, sso } = findService(received, target, { link, claim });
  const beside = service ?? sso?.name;
  if (beside !== undefined) {
    trace.operation = beside;
    trace.bucket = "";
    trace.key = "";
    return { received, target, headers, origin, link, claim, service, sso, operation: undefined };
  }
  if (link !== undefined || claim?.kind === "presigned") headers.addHoisted(query.entries());
  const operation = askedOperation(method, target, headers);
  if (operation !== undefined) trace.operation = operation.name;
  return { received, target, headers, origin, link, claim, service, sso, operation };
}

/** What shares the port with S3. */
function findService(
  received: ReceivedRequest,
  target: RequestTarget,
  { link, claim }: Pick<UnderstoodRequest, "link" | "claim">,
): Pick<UnderstoodRequest, "service" | "sso"> {
  if (link !== undefined) return { service: undefined, sso: undefined };
  const sso = claim === undefined ? ssoRouteOf(received, target) : undefined;
  if (sso !== undefined) return { service: undefined, sso };
  const contentType = received.headers.get("content-type");
  return { service: otherServiceOf(received, target, claim, contentType), sso };
}

function domainsOf(
  endpoint: ReachedEndpoint | undefined,
  { virtualHostDomains }: ServerContext,
): readonly string[] {
  return endpoint === undefined ? virtualHostDomains : [endpoint.domain];
}

function originThrough(endpoint: VpcEndpoint | undefined, origin: ClientOrigin): ClientOrigin {
  return endpoint === undefined ? origin : { ...origin, endpoint };
}

/** A preflight has the query of the request to come, whose signature proves nothing yet. */
function readClaim(
  received: ReceivedRequest,
  context: ServerContext,
): Pick<UnderstoodRequest, "link" | "claim"> {
  if (received.method === "OPTIONS") return { link: undefined, claim: undefined };
  const link = readLink(received, context);
  return { link, claim: link === undefined ? readSignatureClaim(received) : undefined };
}

function readLink(received: ReceivedRequest, context: ServerContext): LinkClaim | undefined {
  const link = readLinkClaim(received);
  if (link === undefined || context.sigV2Links) return link;
  throw new S3Error("InvalidRequest", { message: unsupportedMechanism });
}

function askedOperation(
  method: string,
  { bucket, key, query }: RequestTarget,
  headers: RequestHeaders,
): Operation | undefined {
  const hasHeader = (name: string): boolean => headers.has(name);
  const name = matchOperation({ method, bucket, key, query, hasHeader });
  return name === undefined ? undefined : findOperation(name);
}

/** For requests whose signature has been proven and which ask for nothing that S3 has. */
export function noSuchOperation({ received, target, headers }: UnderstoodRequest): S3Error {
  const { bucket, key, query } = target;
  const hasHeader = (name: string): boolean => headers.has(name);
  return explainMismatch({ method: received.method, bucket, key, query, hasHeader });
}
