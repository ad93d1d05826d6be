import { StorageError } from "../core/errors.ts";
import type { StorageErrorCode } from "../core/errors.ts";

const meanings: Readonly<Record<string, readonly [StorageErrorCode, string]>> = {
  ENOENT: ["InvalidArgument", "does not exist"],
  EACCES: ["InvalidArgument", "may not be accessed by this user"],
  EPERM: ["InvalidArgument", "may not be accessed by this user"],
  EISDIR: ["InvalidArgument", "is a directory"],
  ENOTDIR: ["InvalidArgument", "has a file where a directory should be in its path"],
  EEXIST: ["InvalidArgument", "has a file where a directory should be in its path"],
  ENAMETOOLONG: ["InvalidArgument", "has a name that is too long for the file system"],
  EROFS: ["InvalidArgument", "is on a read-only file system"],
  ELOOP: ["InvalidArgument", "has a loop of symbolic links in its path"],
  ENOSPC: ["QuotaExceeded", "cannot be written: the disk is full"],
  EDQUOT: ["QuotaExceeded", "cannot be written: the user's disk quota is used up"],
  EMFILE: ["Unavailable", "cannot be opened: too many files are open"],
};

/** An error of the local disk in the words of the public API; a StorageError passes through. */
export function localFileError(operation: string, path: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const meaning = meanings[code];
  if (meaning === undefined) {
    const message = error instanceof Error ? error.message : String(error);
    return new StorageError("Unknown", `${operation}: local file ${path}: ${message}`, {
      operation,
      cause: error,
    });
  }
  return new StorageError(meaning[0], `${operation}: the local file ${path} ${meaning[1]}.`, {
    operation,
    cause: error,
    details: { LocalPath: path },
  });
}
