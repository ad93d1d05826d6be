import type { StorageErrorCode } from "../core/errors.ts";
import { errorCodeTable } from "./error-code-table.ts";

/** Every error code that our server sends or AWS may send. */
export type S3ErrorCode = keyof typeof errorCodeTable;

export interface S3ErrorDefault {
  readonly status: number;
  readonly message: string;
}

/** Status and message that S3 sends with a code when the case needs no other. */
export const s3ErrorCodes = Object.fromEntries(
  Object.entries(errorCodeTable).map(([code, [status, message]]) => [code, { status, message }]),
) as Readonly<Record<S3ErrorCode, S3ErrorDefault>>;

/** How a wire error reads for a caller of the library. */
export interface ErrorClass {
  readonly code: StorageErrorCode;
  /** The same request may succeed later. */
  readonly retryable: boolean;
}

/** Codes whose meaning their status does not tell, by what the caller does next. */
const codesByClass: Partial<Record<StorageErrorCode, readonly string[]>> = {
  AlreadyExists: ["BucketAlreadyExists", "BucketAlreadyOwnedByYou"],
  Conflict: ["InvalidObjectState"],
  ConfigurationError: [
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
    "IncorrectEndpoint",
    "InvalidLocationConstraint",
    "KMS.DisabledException",
    "KMS.InvalidKeyUsageException",
    "KMS.KMSInvalidStateException",
    "KMS.NotFoundException",
    "PermanentRedirect",
    "Redirect",
    "RequestTimeTooSkewed",
    "TemporaryRedirect",
  ],
  IntegrityError: [
    "BadDigest",
    "InvalidDigest",
    "XAmzContentChecksumMismatch",
    "XAmzContentSHA256Mismatch",
  ],
  InvalidKey: ["KeyTooLongError"],
  NotFound: ["NotFoundException"],
  NotSupported: [
    "AccessControlListNotSupported",
    "CredentialsNotSupported",
    "UnknownOperationException",
    "UnsupportedArgument",
    "UnsupportedSignature",
  ],
  PermissionDenied: ["AccessDeniedException", "TokenCodeInvalidError"],
  QuotaExceeded: ["QuotaExceeded", "TooManyBuckets", "TooManyConfigurations"],
  Unauthenticated: [
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingSecurityHeader",
    "NotSignedUp",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
  ],
};

/** Codes worth a retry although their status alone would not say so, or that name a kind of wait. */
const retryableCodes: Partial<Record<StorageErrorCode, readonly string[]>> = {
  Conflict: ["ConditionalRequestConflict", "OperationAborted"],
  IntegrityError: ["IncompleteBody"],
  Throttled: [
    "BandwidthLimitExceeded",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
  ],
  Timeout: ["RequestTimeout", "RequestTimeoutException"],
  Unavailable: ["InternalError", "InternalFailure", "ServiceUnavailable"],
};

const classByCode: ReadonlyMap<string, ErrorClass> = new Map([
  ...classEntries(codesByClass, false),
  ...classEntries(retryableCodes, true),
]);

const classByStatus: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [301, { code: "ConfigurationError", retryable: false }],
  [304, { code: "PreconditionFailed", retryable: false }],
  [307, { code: "ConfigurationError", retryable: false }],
  [401, { code: "Unauthenticated", retryable: false }],
  [403, { code: "PermissionDenied", retryable: false }],
  [404, { code: "NotFound", retryable: false }],
  [405, { code: "NotSupported", retryable: false }],
  [408, { code: "Timeout", retryable: true }],
  [409, { code: "Conflict", retryable: false }],
  [412, { code: "PreconditionFailed", retryable: false }],
  [416, { code: "RangeNotSatisfiable", retryable: false }],
  [429, { code: "Throttled", retryable: true }],
  [501, { code: "NotSupported", retryable: false }],
  [504, { code: "Timeout", retryable: true }],
  [507, { code: "QuotaExceeded", retryable: false }],
]);

/**
 * From the wire to the library's closed list of codes. HEAD answers carry no code, and foreign stores
 * send codes of their own: then the status decides.
 */
export function classifyS3Error(s3Code: string | undefined, status: number): ErrorClass {
  const known = s3Code === undefined ? undefined : classByCode.get(s3Code);
  if (known !== undefined) return known;
  const byStatus = classByStatus.get(status);
  if (byStatus !== undefined) return byStatus;
  if (status >= 500) return { code: "Unavailable", retryable: true };
  if (status >= 400) return { code: "InvalidArgument", retryable: false };
  return { code: "Unknown", retryable: false };
}

function classEntries(
  table: Partial<Record<StorageErrorCode, readonly string[]>>,
  retryable: boolean,
): [string, ErrorClass][] {
  return Object.entries(table).flatMap(([code, s3Codes]) =>
    s3Codes.map((s3Code): [string, ErrorClass] => [
      s3Code,
      { code: code as StorageErrorCode, retryable },
    ]),
  );
}
