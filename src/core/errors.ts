/**
 * What a caller can do next decides the code, so the list is short and closed.
 * The S3 wire code, when there is one, is kept beside it in `s3Code`.
 */
const storageErrorCodes = [
  "NotFound",
  "AlreadyExists",
  "PreconditionFailed",
  "Conflict",
  "PermissionDenied",
  "Unauthenticated",
  "InvalidArgument",
  "InvalidKey",
  "RangeNotSatisfiable",
  "IntegrityError",
  "Throttled",
  "Timeout",
  "Aborted",
  "Unavailable",
  "NotSupported",
  "QuotaExceeded",
  "ConfigurationError",
  "Closed",
  "Unknown",
] as const;

/** What went wrong, by what a caller does next; see `storageErrorCodes`. */
export type StorageErrorCode = (typeof storageErrorCodes)[number];

/** Whether the request changed the store. `unknown`: the answer was lost on the way. */
export type Outcome = "not-applied" | "applied" | "unknown";

/** The facts beside code and message, as the fields of StorageError. */
export interface StorageErrorDetails {
  /** S3's name of the operation, such as `PutObject`, or the FileService method. */
  readonly operation?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** HTTP status of the answer, when there was one. */
  readonly status?: number;
  /** S3's error code on the wire, such as `NoSuchKey`. */
  readonly s3Code?: string;
  /** `x-amz-request-id` of the answer. */
  readonly requestId?: string;
  /** True when the same call may succeed later. Default false. */
  readonly retryable?: boolean;
  /** Default `not-applied`. */
  readonly outcome?: Outcome;
  /** What to do next, one or two sentences or a command. */
  readonly remedy?: string;
  /** Further facts of the answer, such as `Region` of a redirect. */
  readonly details?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * The one error class of the public API: what happened, on what, why, what to do next. The fields
 * are explained at StorageErrorDetails.
 *
 * @example
 * try {
 *   await files.deletePrefix("exp-1/");
 * } catch (error) {
 *   if (!(error instanceof StorageError)) throw error;
 *   console.error(`${error.code}: ${error.message} ${error.remedy ?? ""}`);
 *   if (error.retryable) console.error("Trying again later may help.");
 * }
 */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;
  readonly operation: string | undefined;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly status: number | undefined;
  readonly s3Code: string | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;
  readonly outcome: Outcome;
  readonly remedy: string | undefined;
  readonly details: Readonly<Record<string, string>>;

  constructor(code: StorageErrorCode, message: string, details: StorageErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.operation = details.operation;
    this.bucket = details.bucket;
    this.key = details.key;
    this.status = details.status;
    this.s3Code = details.s3Code;
    this.requestId = details.requestId;
    this.retryable = details.retryable ?? false;
    this.outcome = details.outcome ?? "not-applied";
    this.remedy = details.remedy;
    this.details = details.details ?? {};
  }

  /** Plain data for JSON output; never holds credentials. */
  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      operation: this.operation,
      bucket: this.bucket,
      key: this.key,
      status: this.status,
      s3Code: this.s3Code,
      requestId: this.requestId,
      retryable: this.retryable,
      outcome: this.outcome,
      remedy: this.remedy,
    };
  }
}

/**
 * True for a StorageError, optionally of one of the given codes.
 *
 * @example
 * try {
 *   await files.stat("exp-1/mass.tsv");
 * } catch (error) {
 *   if (!isStorageError(error, "NotFound")) throw error;
 * }
 */
export function isStorageError(
  error: unknown,
  ...codes: readonly StorageErrorCode[]
): error is StorageError {
  return error instanceof StorageError && (codes.length === 0 || codes.includes(error.code));
}
