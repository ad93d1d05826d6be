import { QueryParameters } from "../../protocol/query.ts";
import { analyzerOperation } from "../analyzer/handle-analyzer.ts";
import type { OtherServiceName } from "../other-services.ts";
import type { ServerIdentity } from "../operation.ts";
import type { RequestTrace } from "../request-trace.ts";
import type { CallFacts } from "./call-facts.ts";
import { isReadOnly } from "./s3-event-names.ts";
import { answerElements, answerError, serviceParameters } from "./service-documents.ts";

/**
 * What a call of another service than S3 was, read off its form or JSON and its answer. Undefined: it
 * names no operation. Source: CloudTrail User Guide, "CloudTrail record contents"; the services' own
 * guides on logging.
 */
export function serviceCall(
  service: OtherServiceName,
  trace: RequestTrace,
  server: ServerIdentity,
): CallFacts | undefined {
  const eventName = serviceEventName(service, trace);
  if (eventName === undefined) return undefined;
  const { response } = trace;
  const { status = 500, body } = response ?? {};
  const failed = status >= 400;
  const isGlobal = service === "iam" || service === "organizations";
  return {
    eventSource: `${service === "s3control" ? "s3" : service}.amazonaws.com`,
    eventName,
    region: isGlobal ? globalRegion(server) : regionOf(trace, server),
    isGlobal,
    category: "Management",
    readOnly: isReadOnly(eventName) || readOnlyCalls.has(`${service}:${eventName}`),
    requestParameters: serviceParameters(service, trace),
    responseElements: failed || isSilent(service, eventName) ? null : answerElements(body),
    resources: [],
    userAgent: trace.userAgent,
    error: failed ? answerError(response ?? {}) : undefined,
  };
}

function regionOf({ understood }: RequestTrace, server: ServerIdentity): string {
  return understood?.claim?.region ?? server.region;
}

/** Where a partition keeps its services without a region. Source: IAM User Guide, "Logging IAM". */
function globalRegion({ partition }: ServerIdentity): string {
  if (partition === "aws-cn") return "cn-north-1";
  return partition === "aws-us-gov" ? "us-gov-west-1" : "us-east-1";
}

/** That change nothing although their names do not say so. */
const readOnlyCalls: ReadonlySet<string> = new Set([
  "sts:AssumeRole",
  "sts:AssumeRoleWithWebIdentity",
  "sts:DecodeAuthorizationMessage",
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncrypt",
]);

/** What only reads is told without its answer, but for keys that are handed out. */
function isSilent(service: OtherServiceName, eventName: string): boolean {
  if (service === "sts" && eventName !== "GetCallerIdentity") return false;
  return isReadOnly(eventName) || silentCalls.has(`${service}:${eventName}`);
}

/** Whose answers hold nothing but secrets. */
const silentCalls: ReadonlySet<string> = new Set([
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncrypt",
]);

/** What a call of another service is called; undefined: it names no operation. */
export function serviceEventName(
  service: OtherServiceName,
  trace: Pick<RequestTrace, "understood" | "document">,
): string | undefined {
  const { understood, document } = trace;
  if (service === "s3control") return controlEvent(understood?.received.method ?? "");
  if (service === "access-analyzer") return analyzerOperation(understood?.target.rawPath ?? "");
  // Read as the service itself reads it: no other header or spelling may hide what was done.
  if (service === "sts" || service === "iam") return named(formAction(document));
  const target = understood?.headers.get("x-amz-target");
  return named(target?.slice(target.lastIndexOf(".") + 1));
}

function formAction(document: Buffer | undefined): string | undefined {
  try {
    return QueryParameters.parse(document?.toString("utf8") ?? "").get("Action");
  } catch {
    // It was refused for what it is.
    return undefined;
  }
}

function controlEvent(method: string): string | undefined {
  const verb = { GET: "Get", PUT: "Put", DELETE: "Delete" }[method];
  return verb === undefined ? undefined : `${verb}AccountPublicAccessBlock`;
}

function named(name: string | undefined): string | undefined {
  return name !== undefined && /^[A-Z][A-Za-z0-9]{1,127}$/.test(name) ? name : undefined;
}
