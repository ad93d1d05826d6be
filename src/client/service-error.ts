import { StorageError } from "../core/errors.ts";
import { withoutUndefined } from "../core/without-undefined.ts";
import { parseError } from "../protocol/documents/error.ts";
import type { ErrorDocument } from "../protocol/documents/error.ts";
import { classifyS3Error } from "../protocol/error-codes.ts";
import type { AnswerHeaders } from "./answer-headers.ts";
import { remedyFor } from "./remedies.ts";

/** What a call was about, for its errors. */
export interface CallContext {
  readonly operation: string;
  readonly bucket: string;
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
const undecidedStatuses: ReadonlySet<number> = new Set([200, 500, 502, 504]);

/** Reads S3's `<Error>`; whatever else came stays readable as a snippet in the message. */
export function serviceError(context: CallContext, refusal: Refusal): StorageError {
  const { status, headers } = refusal;
  const wire = readErrorBody(refusal.document);
  const s3Code = wire.code ?? (status === 304 ? "NotModified" : undefined);
  // An error behind a 200 is one of the server's own making.
  const { code, retryable } = classifyS3Error(s3Code, status === 200 ? 500 : status);
  const region = headers.get("x-amz-bucket-region") ?? wire.details["Region"];
  const message = wire.message ?? wire.snippet ?? "";
  const remedy = remedyFor({ ...context, status, s3Code, message, region });
  const requestId = headers.get("x-amz-request-id") ?? wire.details["RequestId"];
  return new StorageError(code, describe(context, status, s3Code, message), {
    ...addressOf(context),
    status,
    retryable,
    outcome: context.changes && undecidedStatuses.has(status) ? "unknown" : "not-applied",
    details: {
      ...wire.details,
      ...withoutUndefined({ Region: region, DeleteMarker: headers.get("x-amz-delete-marker") }),
    },
    ...withoutUndefined({ s3Code, requestId, remedy }),
  });
}

/** Operation, bucket and key as StorageError takes them. */
export function addressOf(context: Pick<CallContext, "operation" | "bucket" | "key">): {
  operation: string;
  bucket: string;
  key?: string;
} {
  const { operation, bucket, key } = context;
  return key === undefined ? { operation, bucket } : { operation, bucket, key };
}

/** `GetObject of a/b.txt in bucket: NoSuchKey (404): The specified key does not exist.` */
function describe(
  context: CallContext,
  status: number,
  s3Code: string | undefined,
  message: string,
): string {
  const what = context.key === undefined ? context.bucket : `${context.key} in ${context.bucket}`;
  const reason = s3Code === undefined ? `HTTP ${status}` : `${s3Code} (${status})`;
  const head = `${context.operation} of ${what}: ${reason}`;
  return message === "" ? head : `${head}: ${message}`;
}

const snippetCharacters = 200;

/** What a refusal says of itself. */
interface WireError extends ErrorDocument {
  /** Of an answer that is no error document of S3's. */
  readonly snippet?: string;
}

function readErrorBody(document: Buffer): WireError {
  const text = document.toString("utf8").trim();
  const found = parseError(text);
  if (found !== undefined) return found;
  const snippet = text.replaceAll(/\s+/g, " ").slice(0, snippetCharacters);
  return { code: undefined, message: undefined, details: {}, snippet };
}
