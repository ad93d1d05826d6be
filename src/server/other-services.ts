import { createHash } from "node:crypto";
import { gatherBytes } from "../core/gather-bytes.ts";
import { iamLimits } from "../core/iam-limits.ts";
import { serverLimits } from "../core/limits.ts";
import type { RequestTarget } from "../protocol/request-target.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { ReceivedRequest, SignatureClaim } from "../protocol/sigv4/verify.ts";
import {
  type AnalyzerRequest,
  handleAnalyzer,
  renderAnalyzerError,
} from "./analyzer/handle-analyzer.ts";
import { renderJsonError } from "./aws-json/json-protocol.ts";
import { authenticate } from "./authenticate.ts";
import type { Caller } from "./caller.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { handleIam, type IamRequest } from "./iam/handle-iam.ts";
import { renderIamError } from "./iam/iam-error.ts";
import { handleKms, type KmsRequest, renderKmsError } from "./kms/handle-kms.ts";
import type { ContextLookup } from "../policy/request.ts";
import type { S3Response } from "./operation.ts";
import {
  handleOrganizations,
  type OrganizationsRequest,
} from "./organizations/handle-organizations.ts";
import { policyContext } from "./policy-context.ts";
import type { RequestTrace } from "./request-trace.ts";
import { readRawBody } from "./read-raw-body.ts";
import type { ServerContext } from "./server-context.ts";
import {
  handleS3Control,
  isS3Control,
  renderS3ControlError,
  type S3ControlRequest,
} from "./s3control/handle-s3control.ts";
import { assertKnownRegion } from "./signed-region.ts";
import { answerSts, type StsRequest } from "./sts/handle-sts.ts";
import { renderStsError } from "./sts/sts-error.ts";
import { handleTrail, type TrailRequest } from "./trail/handle-trail.ts";
import type { UnderstoodRequest } from "./understand-request.ts";

/** Services beside S3 that the server has on its port. */
export type OtherServiceName =
  | "sts"
  | "iam"
  | "kms"
  | "cloudtrail"
  | "access-analyzer"
  | "organizations"
  | "s3control";

/**
 * Which of AWS's other services a request is for: clients with one endpoint for everything send them
 * all here, and the credential scope tells them apart. Undefined: S3.
 */
export function otherServiceOf(
  received: ReceivedRequest,
  target: RequestTarget,
  claim: SignatureClaim | undefined,
  contentType: string | undefined,
): OtherServiceName | undefined {
  if (claim !== undefined && isOtherService(claim.service)) return claim.service;
  const { method, headers } = received;
  if (isS3Control(target.rawPath, headers.get("x-amz-account-id"))) return "s3control";
  if (claim !== undefined || target.bucket !== "") return undefined;
  const isForm = contentType?.startsWith("application/x-www-form-urlencoded") ?? false;
  const unsignedCall = method === "POST" ? isForm : target.query.has("Action");
  return unsignedCall ? "sts" : undefined;
}

/** S3 Control signs as S3 does. */
type ScopedService = Exclude<OtherServiceName, "s3control">;

const scopedServices: ReadonlySet<string> = new Set<ScopedService>([
  "sts",
  "iam",
  "kms",
  "cloudtrail",
  "access-analyzer",
  "organizations",
]);

function isOtherService(service: string): service is ScopedService {
  return scopedServices.has(service);
}

export interface OtherServiceCall extends Pick<UnderstoodRequest, "target" | "headers" | "origin"> {
  readonly service: OtherServiceName;
  readonly context: ServerContext;
  readonly exchange: HttpExchange;
  readonly received: ReceivedRequest;
  readonly claim: SignatureClaim | undefined;
  readonly requestId: string;
  readonly trace: RequestTrace;
}

/** Answers in the service's own form, errors too. Never throws. */
export async function handleOtherService(call: OtherServiceCall): Promise<S3Response> {
  const { service, context, requestId } = call;
  try {
    const body = isHopeless(call) ? Buffer.alloc(0) : await readForm(call);
    const caller = authenticateCall(call, body);
    call.trace.caller = caller;
    call.trace.document = body;
    if (caller.kind !== "anonymous") {
      const region = call.claim?.region ?? context.region;
      const at = context.now().getTime();
      context.identities.noteUse(caller.accessKeyId, { at, service, region });
    }
    assertKnownRegion(call.claim, context);
    return await answerOf(call, body, caller);
  } catch (error) {
    return errorOf[service](error, requestId, call.trace.hostId);
  }
}

function answerOf(
  call: OtherServiceCall,
  body: Buffer,
  caller: Caller,
): S3Response | Promise<S3Response> {
  const { oidcProviders } = call.context;
  switch (call.service) {
    case "sts":
      return answerSts({ ...stsRequest(call, body, caller), oidcProviders });
    case "iam":
      assertMayCallIam(caller);
      return handleIam(iamRequest(call, body, caller));
    case "kms":
      return handleKms(kmsRequest(call, body, caller));
    case "cloudtrail":
      return handleTrail(trailRequest(call, body, caller));
    case "access-analyzer":
      return handleAnalyzer(analyzerRequest(call, body, caller));
    case "organizations":
      return handleOrganizations(organizationsRequest(call, body, caller));
    case "s3control":
      return handleS3Control(s3ControlRequest(call, body, caller));
  }
}

/** An error as the service words it. */
export function renderServiceError(
  service: OtherServiceName,
  error: unknown,
  { requestId, hostId }: Pick<RequestTrace, "requestId" | "hostId">,
): S3Response {
  return errorOf[service](error, requestId, hostId);
}

const errorOf = {
  sts: renderStsError,
  iam: renderIamError,
  kms: renderKmsError,
  cloudtrail: renderJsonError,
  "access-analyzer": renderAnalyzerError,
  organizations: renderJsonError,
  s3control: renderS3ControlError,
} as const satisfies Record<
  OtherServiceName,
  (error: unknown, requestId: string, hostId: string) => S3Response
>;

function trailRequest(call: OtherServiceCall, body: Buffer, caller: Caller): TrailRequest {
  const { context, claim, headers, requestId } = call;
  const { recorder } = context;
  const region = claim?.region ?? context.region;
  const now = context.now();
  const lookup = lookupOf(call, now);
  const target = headers.get("x-amz-target");
  const onError = refusalNoter(call);
  return { target, body, caller, requestId, recorder, context, region, now, lookup, onError };
}

function analyzerRequest(call: OtherServiceCall, body: Buffer, caller: Caller): AnalyzerRequest {
  const { context, received, requestId, target } = call;
  const { rawPath, query } = target;
  const lookup = lookupOf(call, context.now());
  const onError = refusalNoter(call);
  return { method: received.method, rawPath, query, body, caller, requestId, lookup, onError };
}

function organizationsRequest(
  call: OtherServiceCall,
  body: Buffer,
  caller: Caller,
): OrganizationsRequest {
  const { context, headers, requestId } = call;
  const { identities, partition } = context;
  const lookup = lookupOf(call, context.now());
  return {
    target: headers.get("x-amz-target"),
    body,
    caller,
    requestId,
    organizationOf: (accountId) => identities.organizationRecordOf(accountId),
    partition,
    lookup,
    onError: refusalNoter(call),
  };
}

function s3ControlRequest(call: OtherServiceCall, body: Buffer, caller: Caller): S3ControlRequest {
  const { context, received, headers, requestId, target, trace } = call;
  const { method } = received;
  const { rawPath } = target;
  const accountId = headers.get("x-amz-account-id");
  const { hostId } = trace;
  const { accountBlocks: blocks } = context;
  const lookup = lookupOf(call, context.now());
  const onError = refusalNoter(call);
  const common = { body, caller, requestId, hostId, blocks, lookup, onError };
  return { method, rawPath, accountId, ...common };
}

function kmsRequest(call: OtherServiceCall, body: Buffer, caller: Caller): KmsRequest {
  const { context, claim, headers, requestId } = call;
  const region = claim?.region ?? context.region;
  const { keys, partition } = context;
  const asked = headers.get("x-amz-target");
  const now = context.now();
  const lookup = lookupOf(call, now);
  const onError = refusalNoter(call);
  return { target: asked, body, caller, requestId, keys, region, partition, now, lookup, onError };
}

function stsRequest(call: OtherServiceCall, body: Buffer, caller: Caller): StsRequest {
  const { context, requestId } = call;
  const { identities, sessionTokens, randomBytes } = context;
  const now = context.now();
  const lookup = lookupOf(call, now);
  const mostSeconds = mostSessionSeconds(call);
  const onError = refusalNoter(call);
  const tokens = sessionTokens;
  const services = { identities, tokens, randomBytes, now, lookup, mostSeconds };
  return { body, caller, requestId, onError, ...services };
}

/** Ours alone, to try out what programs make of sessions that end: AWS has none under 15 minutes. */
function mostSessionSeconds({ headers }: OtherServiceCall): number | undefined {
  const text = headers.get("x-sms-storage-session-seconds");
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

function iamRequest(call: OtherServiceCall, body: Buffer, caller: Caller): IamRequest {
  const { context, requestId } = call;
  const now = context.now();
  const lookup = lookupOf(call, now);
  const directory = context.identities;
  return { body, caller, requestId, directory, now, lookup, onError: refusalNoter(call) };
}

function refusalNoter({ trace }: OtherServiceCall): (error: unknown) => void {
  return (error) => {
    trace.cause = error;
  };
}

/** The condition keys that every service has. */
function lookupOf(call: OtherServiceCall, now: Date): ContextLookup {
  const { context, claim, headers, origin, target } = call;
  return policyContext({
    conditionKeys: {},
    headers,
    query: target.query,
    versionId: undefined,
    tagsByHeader: false,
    requestTags: [],
    existingTags: () => [],
    uploadEncryption: () => undefined,
    claim,
    link: undefined,
    origin,
    now,
    bucketOwner: undefined,
    organization: undefined,
    region: claim?.region ?? context.region,
  });
}

/** Source: IAM User Guide, "Compare AWS STS credentials". */
function assertMayCallIam(caller: Caller): void {
  const session = caller.kind === "anonymous" ? undefined : caller.session;
  if (session === undefined || session.principal.kind === "role") return;
  const isProven = session.principal.kind !== "federated-user" && session.mfaAt !== undefined;
  if (!isProven) throw new S3Error("InvalidAccessKeyId");
}

/** Refused whatever the form says, so that strangers cannot have a body read byte by byte for days. */
function isHopeless({ claim, context, service }: OtherServiceCall): boolean {
  if (claim === undefined) return service !== "sts" || !context.oidcProviders.any();
  return context.keyRing.find(claim, context.now()) === undefined;
}

/** Most of these services sign the body's hash without saying it in a header. */
function authenticateCall(call: OtherServiceCall, body: Buffer): Caller {
  const { context, received, claim, service } = call;
  if (service === "s3control") return authenticateControl(call, body);
  const hashed = received.method === "GET" ? Buffer.alloc(0) : body;
  const payloadHash = createHash("sha256").update(hashed).digest("hex");
  const complete = claim === undefined ? undefined : { ...claim, payloadHash };
  return authenticate(received, complete, context.keyRing, context.now()).caller;
}

const formLimits: Readonly<Record<OtherServiceName, number>> = {
  sts: serverLimits.formBytes,
  iam: iamLimits.formBytes,
  kms: serverLimits.jsonBytes,
  cloudtrail: serverLimits.jsonBytes,
  "access-analyzer": serverLimits.jsonBytes,
  organizations: serverLimits.jsonBytes,
  s3control: serverLimits.formBytes,
};

function authenticateControl({ context, received, claim }: OtherServiceCall, body: Buffer): Caller {
  const { caller } = authenticate(received, claim, context.keyRing, context.now());
  const hash = claim?.payloadHash;
  if (hash === undefined || hash === "UNSIGNED-PAYLOAD") return caller;
  if (createHash("sha256").update(body).digest("hex") === hash) return caller;
  throw new S3Error("XAmzContentSHA256Mismatch");
}

/** The form or JSON: in the query of a GET, as for presigned calls, else the body. */
async function readForm({ received, exchange, service }: OtherServiceCall): Promise<Buffer> {
  if (received.method === "GET" && service === "s3control") return Buffer.alloc(0);
  if (received.method === "GET") return Buffer.from(received.rawQuery, "latin1");
  const form = await gatherBytes(readRawBody(exchange), formLimits[service]);
  if (form === undefined) throw new S3Error("MaxMessageLengthExceeded");
  return form;
}
