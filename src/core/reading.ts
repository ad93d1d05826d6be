import { isStorageError } from "./errors.ts";

/**
 * What was found of one setting; plain data. Known: `set`. Absent: `not-set`, `no-bucket`. Unknown:
 * `not-supported`, `unreadable`. A denied read is unknown, never absent: acting on it would overwrite
 * what could not be seen, or report as missing what is there.
 */
export type Reading =
  | { readonly state: "set"; readonly value: unknown }
  | { readonly state: "not-set" }
  | { readonly state: "no-bucket" }
  | { readonly state: "not-supported"; readonly reason: string }
  | { readonly state: "unreadable"; readonly reason: string };

/** Failures other than a refusal (network, expired keys) come through as they are. */
export async function takeReading(read: () => Promise<unknown>): Promise<Reading> {
  try {
    const value = await read();
    return value === undefined ? { state: "not-set" } : { state: "set", value };
  } catch (error) {
    if (isNotSupported(error)) return { state: "not-supported", reason: reasonOf(error) };
    if (isStorageError(error, "PermissionDenied") || isOwnersAlone(error)) {
      return { state: "unreadable", reason: reasonOf(error) };
    }
    throw error;
  }
}

/** 501, or what a store's dialect maps to NotSupported; not what is its owner's alone. */
export function isNotSupported(error: unknown): boolean {
  if (!isStorageError(error) || isOwnersAlone(error)) return false;
  return error.code === "NotSupported" || error.status === 501;
}

/** 405 of a bucket's policy: who asks has the permission, and is of another account than the bucket. */
function isOwnersAlone(error: unknown): boolean {
  return (
    isStorageError(error) &&
    error.s3Code === "MethodNotAllowed" &&
    error.status === 405 &&
    error.operation?.endsWith("BucketPolicy") === true
  );
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
