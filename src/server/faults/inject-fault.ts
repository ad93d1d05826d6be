import { S3Error } from "../../protocol/s3-error.ts";
import { formatHttpDate } from "../../protocol/http-date.ts";
import type { HttpExchange } from "../http-exchange.ts";
import type { S3Response } from "../operation.ts";
import { renderServiceError } from "../other-services.ts";
import { readRawBody } from "../read-raw-body.ts";
import type { RequestTrace } from "../request-trace.ts";
import type { ServerContext } from "../server-context.ts";
import type { UnderstoodRequest } from "../understand-request.ts";
import { reset, withCut, withDamage, withWrongChecksum, withWrongEtag } from "./altered-answer.ts";
import { requestedFault } from "./fault-header.ts";
import type { FaultName } from "./fault-kinds.ts";
import type { FaultRule } from "./fault-rule.ts";
import { defaultOf, type FaultCall, type Faults, type StruckFault } from "./faults.ts";
import { InjectedError } from "./injected-error.ts";

/** A request on its way, and the way that it takes without faults. */
export interface FaultableCall {
  readonly context: ServerContext;
  readonly exchange: HttpExchange;
  readonly trace: RequestTrace;
  readonly understood: UnderstoodRequest;
  answer(context: ServerContext): Promise<S3Response>;
}

/** Answers with the faults that strike this request. Each is logged once it has had its effect. */
export async function answerWithFaults(faults: Faults, call: FaultableCall): Promise<S3Response> {
  const { context, understood } = call;
  const seen = faultCall(call);
  const asked = faults.byHeader ? requestedFault(understood, context) : undefined;
  const struck: readonly StruckFault[] =
    asked === undefined ? faults.strike(seen) : [{ rule: asked, withdraw: () => undefined }];
  let other: StruckFault | undefined;
  for (const fault of struck) {
    if (fault.rule.fault !== "latency") {
      other = fault;
      continue;
    }
    logFault(call, fault.rule);
    await new Promise((resolve) => {
      setTimeout(resolve, fault.rule.ms ?? defaultOf("latency", "ms"));
    });
  }
  const response = other === undefined ? await call.answer(context) : await inject(call, other);
  if (response.status < 300) faults.observe(seen, (name) => context.engine.getBucket(name));
  return response;
}

function faultCall({ context, understood }: FaultableCall): FaultCall {
  const { service, operation, target } = understood;
  const { bucket, key, query } = target;
  return {
    name: service ?? operation?.name,
    bucket,
    key,
    now: context.now().getTime(),
    versionId: () =>
      query.has("versionId") ? undefined : context.engine.getObject(bucket, key)?.versionId,
  };
}

function logFault({ context, trace, understood }: FaultableCall, { fault }: FaultRule): void {
  const { service, operation, target } = understood;
  context.log({
    kind: "fault",
    requestId: trace.requestId,
    time: context.now(),
    fault,
    operation: service ?? operation?.name,
    bucket: target.bucket,
    key: target.key,
  });
}

type Injection = (call: FaultableCall, struck: StruckFault) => Promise<S3Response>;

async function inject(call: FaultableCall, struck: StruckFault): Promise<S3Response> {
  return await injections[struck.rule.fault](call, struck);
}

const injections: Readonly<Record<FaultName, Injection>> = {
  latency: async (call) => await call.answer(call.context),
  "slow-down": async (call, { rule }) => throttled(call, rule),
  "throttled-control-plane": async (call, { rule }) => throttled(call, rule),
  "internal-error": async (call, { rule }) => refused(call, rule),
  "operation-aborted": async (call, { rule }) => refused(call, rule),
  "stale-read": async (call, { rule }) => refused(call, rule),
  refusal: async (call, { rule }) => refused(call, rule),
  "clock-skew": skewed,
  "lost-answer": lost,
  reset: async (call, struck) =>
    call.exchange.hasBody
      ? await resetUpload(call, struck.rule)
      : await altered(call, struck, cut("reset")),
  "torn-answer": async (call, struck) => await altered(call, struck, cut("close")),
  "damaged-bytes": async (call, struck) =>
    await altered(call, struck, (response) => withDamage(response, struck.rule.afterBytes)),
  "wrong-checksum": async (call, struck) => await altered(call, struck, withWrongChecksum),
  "wrong-etag": async (call, struck) => await altered(call, struck, withWrongEtag),
};

/** Each service has its own word for it. */
const throttlingCodes = {
  sts: "Throttling",
  iam: "Throttling",
  kms: "ThrottlingException",
  cloudtrail: "ThrottlingException",
  "access-analyzer": "ThrottlingException",
  organizations: "ThrottlingException",
  s3control: "SlowDown",
} as const;

function throttled(call: FaultableCall, rule: FaultRule): S3Response {
  const { understood, trace } = call;
  const { service } = understood;
  logFault(call, rule);
  if (service === undefined) throw new InjectedError("SlowDown");
  return renderServiceError(service, new InjectedError(throttlingCodes[service]), trace);
}

function refused(call: FaultableCall, rule: FaultRule): S3Response {
  const { understood, trace } = call;
  const { fault, code = "AccessDenied", message } = rule;
  const { service, target } = understood;
  logFault(call, rule);
  if (fault === "refusal") {
    throw new InjectedError(code, message === undefined ? {} : { message });
  }
  if (fault === "operation-aborted") throw new InjectedError("OperationAborted");
  if (fault === "stale-read") {
    throw new InjectedError("NoSuchKey", { extra: { Key: target.key } });
  }
  const error = new InjectedError("InternalError");
  if (service === undefined) throw error;
  return renderServiceError(service, error, trace);
}

/** The Date of the answer, and of errors, is what SDKs set their clocks by. */
async function skewed(call: FaultableCall, { rule }: StruckFault): Promise<S3Response> {
  const { context } = call;
  const seconds = rule.seconds ?? defaultOf(rule.fault, "seconds");
  logFault(call, rule);
  const now = (): Date => new Date(context.now().getTime() + seconds * 1000);
  const date = formatHttpDate(now());
  try {
    const response = await call.answer({ ...context, now });
    return { ...response, headers: { ...response.headers, date } };
  } catch (cause) {
    if (!(cause instanceof S3Error)) throw cause;
    const { message, status, extra, headers } = cause;
    throw new S3Error(cause.code, {
      message,
      status,
      extra,
      headers: { ...headers, date },
      cause,
    });
  }
}

/** A refusal is no work, so that it is answered as it is. */
async function lost(call: FaultableCall, struck: StruckFault): Promise<S3Response> {
  const response = await call.answer(call.context).catch((error: unknown) => {
    struck.withdraw();
    throw error;
  });
  if (response.status >= 300) {
    struck.withdraw();
    return response;
  }
  logFault(call, struck.rule);
  throw new InjectedError("InternalError");
}

async function resetUpload(call: FaultableCall, rule: FaultRule): Promise<S3Response> {
  const { exchange } = call;
  const { socket } = exchange;
  logFault(call, rule);
  const length = Number(exchange.headers.get("content-length") ?? 0);
  const wanted = rule.afterBytes ?? Math.floor(length / 2);
  // As much is read as has to come first; nothing of it is kept.
  let received = 0;
  for await (const chunk of readRawBody(exchange)) {
    received += chunk.length;
    if (received >= wanted) break;
  }
  reset(socket);
  throw new InjectedError("InternalError");
}

/** Undefined: there is nothing in the answer that could be altered so. */
type Alteration = (
  response: S3Response,
  call: FaultableCall,
  rule: FaultRule,
) => S3Response | undefined;

function cut(how: "reset" | "close"): Alteration {
  return (response, { exchange }, { afterBytes }) =>
    withCut(response, { socket: exchange.socket, how, at: afterBytes });
}

async function altered(
  call: FaultableCall,
  struck: StruckFault,
  alter: Alteration,
): Promise<S3Response> {
  const response = await call.answer(call.context).catch((error: unknown) => {
    struck.withdraw();
    throw error;
  });
  const changed = alter(response, call, struck.rule);
  if (changed === undefined) struck.withdraw();
  else logFault(call, struck.rule);
  return changed ?? response;
}
