import { analyzerLimits } from "../../core/analyzer-limits.ts";
import { decideAccess } from "../../policy/decide-access.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import type { ContextLookup } from "../../policy/request.ts";
import type { QueryParameters } from "../../protocol/query.ts";
import { JsonError } from "../aws-json/json-error.ts";
import { JsonInput } from "../aws-json/json-input.ts";
import { jsonErrorOf, missingToken } from "../aws-json/json-protocol.ts";
import type { AuthenticatedCaller, Caller } from "../caller.ts";
import type { S3Response } from "../operation.ts";
import { refusedBy } from "../refusals.ts";
import { checkNoPublicAccess } from "./check-no-public-access.ts";
import { renderFinding } from "./finding.ts";
import { isPolicyType } from "./policy-type.ts";
import { validatePolicy } from "./validate-policy.ts";

export interface AnalyzerRequest {
  readonly method: string;
  readonly rawPath: string;
  readonly query: QueryParameters;
  readonly body: Buffer;
  readonly caller: Caller;
  readonly requestId: string;
  readonly lookup: ContextLookup;
  /** Hears of what the call is refused for. */
  readonly onError?: (error: unknown) => void;
}

/** The operation that a path stands for. Source: IAM Access Analyzer API reference. */
export function analyzerOperation(
  rawPath: string,
): "ValidatePolicy" | "CheckNoPublicAccess" | undefined {
  if (rawPath === "/policy/validation") return "ValidatePolicy";
  return rawPath === "/policy/check-no-public-access" ? "CheckNoPublicAccess" : undefined;
}

/** IAM Access Analyzer beside S3 on one port, as far as it judges policies. Never throws. */
export function handleAnalyzer(request: AnalyzerRequest): S3Response {
  const { requestId } = request;
  try {
    return respond(200, requestId, answer(request));
  } catch (error) {
    request.onError?.(error);
    return renderAnalyzerError(error, requestId);
  }
}

function answer(request: AnalyzerRequest): object {
  const { body, caller, method, rawPath } = request;
  if (caller.kind === "anonymous") throw missingToken();
  const operation = method === "POST" ? analyzerOperation(rawPath) : undefined;
  if (operation === undefined) {
    throw new JsonError(
      "UnknownOperationException",
      "Of IAM Access Analyzer this server has ValidatePolicy and CheckNoPublicAccess alone.",
      404,
    );
  }
  judge(request, caller, operation);
  const input = new JsonInput(body);
  return operation === "ValidatePolicy" ? validate(input, request) : checkPublic(input);
}

function judge({ lookup }: AnalyzerRequest, caller: AuthenticatedCaller, operation: string): void {
  const decision = decideAccess({
    request: {
      principal: caller,
      action: `access-analyzer:${operation}`,
      resource: "*",
      context: lookup,
    },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
  });
  if (decision.outcome === "allowed") return;
  const message = decision.message.replace('"*"', "*");
  throw refusedBy(new JsonError("AccessDeniedException", message, 403), decision);
}

function validate(input: JsonInput, { query }: AnalyzerRequest): object {
  const text = policyText(input);
  const type = input.text("policyType") ?? "";
  if (!isPolicyType(type)) throw invalid(`policyType ${type} is none that AWS has.`);
  const resourceType = input.text("validatePolicyResourceType");
  if (resourceType !== undefined && type !== "RESOURCE_POLICY") {
    throw invalid("validatePolicyResourceType is for the policyType RESOURCE_POLICY alone.");
  }
  const isBucketPolicy = resourceType === "AWS::S3::Bucket";
  const all = validatePolicy(text, { type, isBucketPolicy });
  const size = wholeNumber(query.get("maxResults") ?? String(analyzerLimits.page), "maxResults");
  const start = wholeNumber(query.get("nextToken") ?? "0", "nextToken");
  if (size < 1 || size > analyzerLimits.page) {
    throw invalid(`maxResults must be from 1 to ${analyzerLimits.page}.`);
  }
  const end = start + size;
  return {
    findings: all.slice(start, end).map((finding) => renderFinding(text, finding)),
    ...(all.length > end && { nextToken: String(end) }),
  };
}

function checkPublic(input: JsonInput): object {
  const text = policyText(input);
  const resourceType = input.text("resourceType") ?? "";
  if (resourceType !== "AWS::S3::Bucket") {
    throw invalid(`This server knows the resourceType AWS::S3::Bucket alone, not ${resourceType}.`);
  }
  try {
    return checkNoPublicAccess(text);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new JsonError("InvalidParameterException", `The policy is not valid: ${error.message}`);
  }
}

function policyText(input: JsonInput): string {
  const text = input.text("policyDocument");
  if (text !== undefined && text.length <= analyzerLimits.policyCharacters) return text;
  throw invalid(
    `policyDocument must be a policy of at most ${analyzerLimits.policyCharacters} characters.`,
  );
}

function wholeNumber(text: string, name: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw invalid(`${name} ${text} is no number.`);
}

function invalid(message: string): JsonError {
  return new JsonError("ValidationException", message);
}

/** In the form of REST services that speak JSON: the code stands in a header. */
export function renderAnalyzerError(error: unknown, requestId: string): S3Response {
  const { code, message, status } = jsonErrorOf(error, "InternalServerException");
  return respond(status, requestId, { message }, { "x-amzn-errortype": code });
}

function respond(
  status: number,
  requestId: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): S3Response {
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId, ...headers },
    body: JSON.stringify(body),
  };
}
