import { isStorageError, StorageError } from "./errors.ts";

const mark = { Access: "read-only" } as const;

/** PermissionDenied of a store that was opened to be read only: no request was made. */
export function readOnlyRefusal(
  operation: string,
  { bucket, key }: { readonly bucket: string; readonly key: string | undefined },
): StorageError {
  const message = `${operation}: this store was opened to be read only.`;
  return new StorageError("PermissionDenied", message, {
    operation,
    bucket,
    ...(key !== undefined && { key }),
    details: mark,
    remedy: "Use the store itself, without readOnly, to change the bucket.",
  });
}

/** Whether each other write would be refused as well, so that it is no failure of one key alone. */
export function isReadOnlyRefusal(error: unknown): boolean {
  return isStorageError(error, "PermissionDenied") && error.details["Access"] === mark.Access;
}
