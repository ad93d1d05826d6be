import { StorageError } from "../core/errors.ts";
import { isRegionName } from "../core/partition.ts";
import { refusalRemedy } from "../core/remedies.ts";
import { answerSnippet, statusWords } from "../core/wire-words.ts";
import { classifyS3Error } from "../protocol/error-codes.ts";
import { findAction } from "../protocol/operations.ts";
import { networkError } from "./network-error.ts";
import type { AdminCall, ServiceAnswer } from "./service-answer.ts";

/** Names that the SDK makes up when the answer holds no code. */
const inventedName = /^(?:Unknown|UnknownError|NotFound|Error|SyntaxError|S3ServiceException|\d+)$/;

/** Reads an SDK error; undefined when no service answered. */
export function readAnswer(error: unknown): ServiceAnswer | undefined {
  if (!(error instanceof Error)) return undefined;
  const metadata = record(field(error, "$metadata"));
  const status = metadata["httpStatusCode"];
  if (typeof status !== "number") return undefined;
  const headers = record(field(record(field(error, "$response")), "headers"));
  const code = text(field(error, "Code")) ?? text(error.name);
  return {
    status,
    code: code === undefined || inventedName.test(code) ? undefined : code,
    message: messageOf(error),
    requestId: text(metadata["requestId"]),
    region: toldRegion(headers["x-amz-bucket-region"]) ?? toldRegion(field(error, "Region")),
  };
}

/** The store's own words; what could not be read comes as it is, without the SDK's advice on itself. */
function messageOf(error: Error): string {
  const unread = text(field(error, "$responseBodyText"));
  if (unread !== undefined) return answerSnippet(unread);
  return error.message === "UnknownError" ? "" : error.message;
}

/** Any error of an SDK call as a StorageError with what to do next. */
export function adminError(error: unknown, call: AdminCall): StorageError {
  if (error instanceof StorageError) return error;
  const answer = readAnswer(error);
  if (answer !== undefined) return answerError(answer, call, error);
  const lost = networkError(error, call);
  if (lost !== undefined) return lost;
  const reason = error instanceof Error ? error.message : String(error);
  return new StorageError("Unknown", `${describeCall(call)} failed: ${reason}`, {
    ...call,
    cause: error,
  });
}

function answerError(answer: ServiceAnswer, call: AdminCall, cause: unknown): StorageError {
  const { status, code: s3Code, message, requestId, region } = answer;
  // An error for a 2xx means that the body could not be read: it is not an answer of S3.
  if (status < 300) return foreignAnswer(call, status, cause);
  const { code, retryable } = classifyS3Error(s3Code, status);
  const remedy = refusalRemedy({
    status,
    s3Code,
    message,
    region,
    operation: call.operation,
    action: actionOf(call.operation),
    bucket: call.bucket,
    key: undefined,
  });
  const reason = s3Code === undefined ? `HTTP ${status}` : `${s3Code} (${status})`;
  const words = message === "" ? statusWords(status, undefined) : message;
  return new StorageError(
    code,
    `${describeCall(call)}: ${reason}${words === undefined ? "" : `: ${words}`}`,
    {
      ...call,
      status,
      retryable,
      cause,
      ...(s3Code !== undefined && { s3Code }),
      ...(requestId !== undefined && { requestId }),
      ...(remedy !== undefined && { remedy }),
      ...(region !== undefined && { details: { Region: region } }),
    },
  );
}

/** The store answered something else than what was asked for. */
export function foreignAnswer(call: AdminCall, status: number, cause?: unknown): StorageError {
  return new StorageError(
    "NotSupported",
    `${describeCall(call)}: the store's answer is not S3's; it does not know this request.`,
    {
      ...call,
      status,
      cause,
      remedy: "Check the endpoint; stores other than AWS lack some bucket settings.",
    },
  );
}

function actionOf(operation: string): string {
  if (operation === "GetCallerIdentity") return "sts:GetCallerIdentity";
  if (operation === "GetRole") return "iam:GetRole";
  return findAction(operation) ?? `s3:${operation}`;
}

function describeCall({ operation, bucket }: AdminCall): string {
  return bucket === undefined ? operation : `${operation} of ${bucket}`;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function field(value: object, name: string): unknown {
  return name in value ? (value as Record<string, unknown>)[name] : undefined;
}

/** A region as an answer tells it; undefined for what can be none. */
export function toldRegion(value: unknown): string | undefined {
  const told = text(value);
  return told !== undefined && isRegionName(told) ? told : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
