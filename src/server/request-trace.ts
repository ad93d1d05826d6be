import type { HttpExchange } from "./http-exchange.ts";
import type { ServerEvent } from "./server-context.ts";

/** Filled in as a request is understood, for the log. */
export interface RequestTrace {
  readonly requestId: string;
  readonly time: Date;
  /** By `performance.now()`. */
  readonly startedAt: number;
  address: string | undefined;
  userAgent: string | undefined;
  /** Once it is proven. */
  caller?: string;
  operation?: string;
  bucket: string;
  key: string;
  accessKeyId?: string;
  errorCode?: string;
}

export function newRequestTrace(
  requestId: string,
  time: Date,
  { request, headers }: HttpExchange,
): RequestTrace {
  return {
    requestId,
    time,
    startedAt: performance.now(),
    address: request.socket.remoteAddress,
    userAgent: headers.get("user-agent"),
    bucket: "",
    key: "",
  };
}

/** The event for the log once the answer has been sent, or could not be sent. */
export function requestEvent(
  trace: RequestTrace,
  { request, response }: HttpExchange,
  status: number,
): ServerEvent {
  return {
    kind: "request",
    requestId: trace.requestId,
    time: trace.time,
    address: trace.address,
    caller: trace.caller,
    userAgent: trace.userAgent,
    method: request.method ?? "",
    operation: trace.operation,
    bucket: trace.bucket,
    key: trace.key,
    status,
    errorCode: trace.errorCode,
    aborted: response.destroyed && !response.writableFinished,
    accessKeyId: trace.accessKeyId,
    durationMs: performance.now() - trace.startedAt,
  };
}
