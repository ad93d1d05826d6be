import { StorageError } from "../../core/errors.ts";
import { classifyS3Error, s3ErrorCodes, type S3ErrorCode } from "../../protocol/error-codes.ts";

/** What was refused, and of which object. */
export interface RefusedCall {
  readonly operation: string;
  readonly bucket: string;
  readonly key?: string;
}

/** The error that S3 gives in that case, in the words and with the code of the library. */
export function refusal(code: S3ErrorCode, call: RefusedCall, words?: string): StorageError {
  const { status, message } = s3ErrorCodes[code];
  const { code: kind, retryable } = classifyS3Error(code, status);
  const { operation, bucket, key } = call;
  const what = key === undefined ? bucket : `${key} in ${bucket}`;
  const text = `${operation} of ${what}: ${code} (${status}): ${words ?? message}`;
  return new StorageError(kind, text, { ...call, status, s3Code: code, retryable });
}

/** Of what a store in memory or in a folder has not. */
export function notSupported(call: RefusedCall, what: string, remedy: string): StorageError {
  const message = `${call.operation}: ${what}`;
  return new StorageError("NotSupported", message, { ...call, remedy });
}
