import { s3ErrorCodes, type S3ErrorCode } from "./error-codes.ts";

export interface S3ErrorOptions {
  /** Default: AWS's message for the code. */
  readonly message?: string;
  /** Default: the code's status. */
  readonly status?: number;
  /** Further XML elements, in order, such as `BucketName`. */
  readonly extra?: Readonly<Record<string, string>>;
  /** Further response headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error that is to be answered to a client in S3's own form. */
export class S3Error extends Error {
  override readonly name = "S3Error";
  readonly code: S3ErrorCode;
  readonly status: number;
  readonly extra: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: S3ErrorCode, options: S3ErrorOptions = {}) {
    super(
      options.message ?? s3ErrorCodes[code].message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.status = options.status ?? s3ErrorCodes[code].status;
    this.extra = options.extra ?? {};
    this.headers = options.headers ?? {};
  }
}

/** `InvalidArgument` with the name and value that S3 adds to it. */
export function invalidArgument(message: string, name: string, value: string): S3Error {
  return new S3Error("InvalidArgument", {
    message,
    extra: { ArgumentName: name, ArgumentValue: value },
  });
}
