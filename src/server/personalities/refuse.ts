import { S3Error, type S3ErrorOptions } from "../../protocol/s3-error.ts";
import type { S3ErrorCode } from "../../protocol/error-codes.ts";
import type { Refusal } from "./personality.ts";

/** A refusal as it is answered. A vendor's code need not be one of S3's; its text always is given. */
export function refuse(
  { code, status }: Refusal,
  message: string,
  options: Pick<S3ErrorOptions, "extra"> = {},
): S3Error {
  return new S3Error(code as S3ErrorCode, { ...options, message, status });
}
