import type { BucketRecord } from "../engine/engine.ts";
import type { S3Error } from "../protocol/s3-error.ts";
import type { Caller } from "./caller.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { S3Response } from "./operation.ts";
import { verdictOf } from "./refusals.ts";
import type { ServerEvent } from "./server-event.ts";
import type { ServerRequest } from "./server-request.ts";
import { serviceEventName } from "./trail/service-call.ts";
import { answerError } from "./trail/service-documents.ts";
import type { UnderstoodRequest } from "./understand-request.ts";

/** Filled in as a request is understood and served, for logs and whoever else watches requests. */
export interface RequestTrace {
  readonly requestId: string;
  /** `x-amz-id-2`. */
  readonly hostId: string;
  readonly time: Date;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** Who a unique id is of; undefined: nobody's any more. */
  readonly arnOfId: (id: string) => string | undefined;
  address: string | undefined;
  userAgent: string | undefined;
  understood: UnderstoodRequest | undefined;
  /** Once it is proven; undefined: not known, or of no good signature. */
  caller: Caller | undefined;
  operation: string | undefined;
  bucket: string;
  key: string;
  accessKeyId: string | undefined;
  /** The bucket of the address, as it was when the request came. */
  bucketRecord: BucketRecord | undefined;
  /** As operations of S3 saw it. */
  view: ServerRequest | undefined;
  /** What another service than S3 was asked: its form or JSON. */
  document: Buffer | undefined;
  /** Why the request was refused. Other services tell it in their answer alone. */
  error: S3Error | undefined;
  /** The same as it was thrown, of every service. */
  cause: unknown;
  response: S3Response | undefined;
  /** When the answer was ready to be sent, as `startedAt`. */
  answeredAt: number | undefined;
}

/** Told of every request once its answer has been sent, or could not be sent. Must not throw. */
export type RequestObserver = (trace: RequestTrace, exchange: HttpExchange) => void;

/** With all its members from the start: each that is added later costs every request a new shape. */
export function newRequestTrace(
  { requestId, hostId, arnOfId }: Pick<RequestTrace, "requestId" | "hostId" | "arnOfId">,
  time: Date,
  { socket, headers }: HttpExchange,
): RequestTrace {
  return {
    requestId,
    hostId,
    time,
    startedAt: performance.now(),
    arnOfId,
    address: socket.remoteAddress,
    userAgent: headers.get("user-agent"),
    understood: undefined,
    caller: undefined,
    operation: undefined,
    bucket: "",
    key: "",
    accessKeyId: undefined,
    bucketRecord: undefined,
    view: undefined,
    document: undefined,
    error: undefined,
    cause: undefined,
    response: undefined,
    answeredAt: undefined,
  };
}

/** Of other services with their name, as `kms:Decrypt`. */
function operationOf(trace: RequestTrace): string | undefined {
  const service = trace.understood?.service;
  const name = service && serviceEventName(service, trace);
  return name === undefined ? trace.operation : `${service}:${name}`;
}

/** As the portal's calls have it, and its pages do not. */
function hasErrorType(response: RequestTrace["response"]): boolean {
  return response?.headers?.["x-amzn-errortype"] !== undefined;
}

/** What a refusal says; other services than S3 tell it in their answer alone. Undefined: it is none. */
export function toldError(
  trace: RequestTrace,
): { readonly code: string; readonly message: string } | undefined {
  const { error, response, understood } = trace;
  if (error !== undefined) return error;
  const speaksAws = understood?.service !== undefined || hasErrorType(response);
  if (!speaksAws || response === undefined || response.status < 400) return undefined;
  return answerError(response);
}

/** The event for the log once the answer has been sent, or could not be sent. */
export function requestEvent(
  trace: RequestTrace,
  { head, response }: HttpExchange,
  status: number,
): ServerEvent {
  return {
    kind: "request",
    requestId: trace.requestId,
    time: trace.time,
    address: trace.address,
    caller: trace.caller?.kind === "anonymous" ? undefined : trace.caller?.arn,
    userAgent: trace.userAgent,
    method: head.method,
    operation: operationOf(trace),
    bucket: trace.bucket,
    key: trace.key,
    status,
    errorCode: toldError(trace)?.code,
    denial: verdictOf(trace.cause, trace.arnOfId),
    aborted: response.destroyed && !response.isSent,
    accessKeyId: trace.accessKeyId,
    durationMs: performance.now() - trace.startedAt,
  };
}
