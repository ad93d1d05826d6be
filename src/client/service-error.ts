import { StorageError } from "../core/errors.ts";
import { refusalRemedy } from "../core/remedies.ts";
import { answerSnippet, statusWords } from "../core/wire-words.ts";
import { parseError, type ErrorDocument } from "../protocol/documents/error.ts";
import { classifyS3Error, s3ErrorCodes } from "../protocol/error-codes.ts";
import { findAction } from "../protocol/operations.ts";
import type { AnswerHeaders } from "./answer-headers.ts";

/** What a call was about, for its errors. */
export interface CallContext {
  readonly operation: string;
  /** Undefined for a call that concerns no bucket, as ListBuckets. */
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly dialect: string;
  /** Whether it changes the store, so that a lost answer leaves its outcome open. */
  readonly changes: boolean;
}

/** An answer that is a refusal: by its status, or by an `<Error>` body behind a 200. */
export interface Refusal {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly document: Buffer;
}

/** Statuses behind which the store may have done what was asked. */
const undecidedStatuses: ReadonlySet<number> = new Set([500, 502, 504]);

/** Reads S3's `<Error>`; whatever else came stays readable as a snippet in the message. */
export function serviceError(context: CallContext, refusal: Refusal): StorageError {
  const { status, headers } = refusal;
  const wire = readErrorBody(refusal.document);
  const s3Code = wire.code ?? (status === 304 ? "NotModified" : undefined);
  const meant = meantStatus(status, s3Code);
  const { code, retryable } = classifyS3Error(s3Code, meant);
  const { region, requestId, details } = readFacts(headers, wire.details);
  const message = wire.message ?? wire.snippet ?? "";
  const action = findAction(context.operation) ?? `s3:${context.operation}`;
  const remedy = refusalRemedy({ ...context, action, status: meant, s3Code, message, region });
  return new StorageError(code, describe(context, status, s3Code, message), {
    ...addressOf(context),
    status,
    retryable,
    outcome: context.changes && isUndecided(status, meant) ? "unknown" : "not-applied",
    details,
    ...(s3Code !== undefined && { s3Code }),
    ...(requestId !== undefined && { requestId }),
    ...(remedy !== undefined && { remedy }),
  });
}

/**
 * A store that has begun its answer has no status left to refuse with: its code stands for the one that it
 * would have. One that S3 does not have is an error of the server's own making.
 */
function meantStatus(status: number, s3Code: string | undefined): number {
  if (status !== 200) return status;
  const known: Readonly<Record<string, { readonly status: number }>> = s3ErrorCodes;
  return s3Code !== undefined && Object.hasOwn(known, s3Code)
    ? (known[s3Code]?.status ?? 500)
    : 500;
}

/** A store that has begun an answer has begun the work, too, unless its code is a refusal. */
function isUndecided(status: number, meant: number): boolean {
  return undecidedStatuses.has(meant) || (status === 200 && meant >= 500);
}

/** What headers tell of a refusal, and its document where they do not. */
function readFacts(headers: AnswerHeaders, told: ErrorDocument["details"]) {
  const region = headers.get("x-amz-bucket-region") ?? told["Region"];
  const deleteMarker = headers.get("x-amz-delete-marker");
  const details = {
    ...told,
    ...(region !== undefined && { Region: region }),
    ...(deleteMarker !== undefined && { DeleteMarker: deleteMarker }),
  };
  return { region, requestId: headers.get("x-amz-request-id") ?? told["RequestId"], details };
}

/** Operation, bucket and key as StorageError takes them. */
export function addressOf(context: Pick<CallContext, "operation" | "bucket" | "key">): {
  operation: string;
  bucket?: string;
  key?: string;
} {
  const { operation, bucket, key } = context;
  if (bucket === undefined) return { operation };
  return key === undefined ? { operation, bucket } : { operation, bucket, key };
}

/** `GetObject of a/b.txt in bucket: NoSuchKey (404): The specified key does not exist.` */
function describe(
  context: CallContext,
  status: number,
  s3Code: string | undefined,
  message: string,
): string {
  const { operation, bucket, key } = context;
  const what = key === undefined ? bucket : `${key} in ${bucket}`;
  const reason = s3Code === undefined ? `HTTP ${status}` : `${s3Code} (${status})`;
  const head =
    what === undefined ? `${operation}: ${reason}` : `${operation} of ${what}: ${reason}`;
  const words = message === "" ? statusWords(status, key) : message;
  return words === undefined ? head : `${head}: ${words}`;
}

/** What a refusal says of itself. */
interface WireError extends ErrorDocument {
  /** The beginning of an answer that is not S3's error document. */
  readonly snippet?: string;
}

function readErrorBody(document: Buffer): WireError {
  const text = document.toString("utf8").trim();
  const found = parseError(text);
  if (found !== undefined) return found;
  return { code: undefined, message: undefined, details: {}, snippet: answerSnippet(text) };
}
