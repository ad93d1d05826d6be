import type { BucketRecord } from "../engine/engine.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { authenticateRequest } from "./authenticate.ts";
import { sharingHeaders } from "./cross-origin.ts";
import { proveForm } from "./forms/prove-form.ts";
import { answerWithFaults } from "./faults/inject-fault.ts";
import { InjectedError } from "./faults/injected-error.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { judgeRequest } from "./judge-request.ts";
import type { Operation, S3Response } from "./operation.ts";
import { handleOtherService } from "./other-services.ts";
import { newRequestTrace, requestEvent, type RequestTrace } from "./request-trace.ts";
import { errorResponse, type RequestIds, respond } from "./respond.ts";
import type { ServerContext } from "./server-context.ts";
import { type ProvenRequest, ServerRequest } from "./server-request.ts";
import { answerSso } from "./sso/answer-sso.ts";
import { assertNotStripped } from "./stripped-body.ts";
import {
  noSuchOperation,
  type UnderstoodRequest,
  understandRequest,
} from "./understand-request.ts";

/** Answers one request, whatever happens. Never throws. */
export async function handleRequest(context: ServerContext, exchange: HttpExchange): Promise<void> {
  const { personality, faults } = context;
  const ids = newRequestIds(context);
  const arnOfId = (id: string): string | undefined => context.identities.arnOfId(id);
  const trace = newRequestTrace(
    { requestId: ids.requestId, hostId: ids.hostId, arnOfId },
    context.now(),
    exchange,
  );
  const refuse = (cause: unknown): S3Response => {
    const thrown = asS3Error(cause);
    const error = personality === undefined ? thrown : personality.restate(thrown);
    if (error.status >= 500 && error.code !== "NotImplemented" && !isInjected(error)) {
      context.log({ kind: "failure", requestId: ids.requestId, error: error.cause ?? error });
    }
    trace.error = error;
    trace.cause = cause;
    return errorResponse(error, ids);
  };
  let sharing: S3Response["headers"];
  let response: S3Response;
  try {
    const read = understandRequest(context, exchange, trace);
    const understood = personality === undefined ? read : personality.take(read);
    trace.understood = understood;
    sharing = sharingHeaders(understood, context.engine);
    response =
      faults === undefined || faults.isIdle
        ? await answerRequest(context, exchange, trace, understood)
        : await answerWithFaults(faults, {
            context,
            exchange,
            trace,
            understood,
            answer: (seen) => answerRequest(seen, exchange, trace, understood),
          });
    if (personality !== undefined) response = personality.shape(response);
    if (response.status < 400) exchange.sendContinue();
  } catch (cause) {
    response = refuse(cause);
  }
  trace.answeredAt = performance.now();
  try {
    await respond(exchange, withHeaders(response, sharing), ids);
  } catch (cause) {
    response = refuse(cause);
    if (!exchange.response.destroyed) {
      await respond(exchange, withHeaders(response, sharing), ids);
    }
  }
  trace.response = response;
  context.log(requestEvent(trace, exchange, response.status));
  for (const observe of context.observers) observe(trace, exchange);
}

/** The way of every request that is understood: prove who asks, judge, do. */
async function answerRequest(
  context: ServerContext,
  exchange: HttpExchange,
  trace: RequestTrace,
  understood: UnderstoodRequest,
): Promise<S3Response> {
  const { requestId } = trace;
  const { target, headers, origin, link, claim, service, sso, operation } = understood;
  if (sso !== undefined) return answerSso(sso, { context, exchange, target, origin, requestId });
  if (service !== undefined) {
    return handleOtherService({ ...understood, service, context, exchange, requestId, trace });
  }
  const now = context.now();
  const { caller, verified } = authenticateRequest(understood, context.keyRing, now);
  trace.caller = caller;
  if (caller.kind !== "anonymous") {
    const region = claim?.region ?? context.region;
    context.identities.noteUse(caller.accessKeyId, { at: now.getTime(), service: "s3", region });
  }
  assertNotStripped(exchange.hasBody, headers, claim);
  if (operation === undefined) throw noSuchOperation(understood);
  const bucket = addressedBucket(context, operation, target.bucket);
  if (bucket !== undefined) trace.bucketRecord = bucket;
  const asked: ProvenRequest = {
    requestId,
    now,
    target,
    headers,
    origin,
    link,
    claim,
    caller,
    verified,
    operation,
    bucket,
  };
  try {
    const isForm = operation.judgedBy === "form";
    const request = isForm ? await proveForm(asked, context, exchange, trace) : asked;
    const view = new ServerRequest(request, context, exchange);
    trace.view = view;
    judgeRequest(request, view, context.policies);
    return await operation.handle(view);
  } catch (cause) {
    throw withBucketRegion(asked, cause);
  }
}

/** Looked up once, so that a request sees one state of the bucket's settings. */
function addressedBucket(
  { engine }: ServerContext,
  operation: Operation,
  name: string,
): BucketRecord | undefined {
  return operation.bucket === undefined ? engine.getBucket(name) : undefined;
}

const regionErrors: ReadonlySet<string> = new Set([
  "AuthorizationHeaderMalformed",
  "AuthorizationQueryParametersError",
]);

/** Clients learn the region from this header. */
function withBucketRegion({ operation, bucket }: ProvenRequest, cause: unknown): unknown {
  if (bucket === undefined || !(cause instanceof S3Error)) return cause;
  if (operation.errorsTellRegion !== true && !regionErrors.has(cause.code)) return cause;
  return new S3Error(cause.code, {
    message: cause.message,
    status: cause.status,
    extra: cause.extra,
    headers: { "x-amz-bucket-region": bucket.region, ...cause.headers },
    cause,
  });
}

function withHeaders(response: S3Response, headers: S3Response["headers"]): S3Response {
  return headers === undefined
    ? response
    : { ...response, headers: { ...response.headers, ...headers } };
}

function isInjected(error: S3Error): boolean {
  return error instanceof InjectedError;
}

function asS3Error(cause: unknown): S3Error {
  return cause instanceof S3Error ? cause : new S3Error("InternalError", { cause });
}

export function newRequestIds(context: ServerContext): RequestIds {
  const drawn = context.randomBytes(56);
  return {
    requestId: drawn.toString("hex", 0, 8).toUpperCase(),
    hostId: drawn.toString("base64", 8),
  };
}
