import { constants } from "node:os";
import { S3Error } from "../protocol/s3-error.ts";

export function errorCodeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : undefined;
}

export function isDiskFull(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  // LMDB gives the system's number.
  return ["ENOSPC", "EDQUOT", constants.errno.ENOSPC, constants.errno.EDQUOT].some(
    (full) => full === code,
  );
}

/** 503, since the same request may succeed once there is space; nothing was stored. */
export function diskFullError(facts: {
  readonly directory: string;
  readonly neededBytes?: number;
  readonly freeBytes?: number;
  readonly cause?: unknown;
}): S3Error {
  const { directory, neededBytes, freeBytes, cause } = facts;
  const figures =
    neededBytes === undefined || freeBytes === undefined
      ? ""
      : ` ${neededBytes} bytes are needed and ${freeBytes} are free, so ${
          neededBytes - freeBytes
        } are missing.`;
  return new S3Error("ServiceUnavailable", {
    message: `The storage server's disk is full (${directory}).${figures} Nothing was stored.`,
    cause,
  });
}

/** 500 for whatever else a disk says. */
export function diskError(action: string, cause: unknown): S3Error {
  return new S3Error("InternalError", {
    message: `The storage server's disk failed while ${action} (${errorCodeOf(cause) ?? String(cause)}).`,
    cause,
  });
}
