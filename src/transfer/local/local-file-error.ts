import { StorageError, type StorageErrorCode } from "../../core/errors.ts";

interface Meaning {
  readonly code: StorageErrorCode;
  readonly what: string;
  readonly remedy: string;
}

const notAllowed: Meaning = {
  code: "InvalidArgument",
  what: "may not be accessed by this user",
  remedy: "Change its permissions and those of its folder, or choose another place.",
};
const unexpanded =
  "Wildcards in the names of files are the shell's: write them without quotes, and see that they fit a file.";
const fileInPath: Meaning = {
  code: "InvalidArgument",
  what: "has a file where a directory should be in its path",
  remedy: "Move that file away, or choose another place.",
};

const meanings: Readonly<Record<string, Meaning>> = {
  ENOENT: {
    code: "InvalidArgument",
    what: "does not exist",
    remedy: "Check the path for typing errors; it is taken from the working directory on.",
  },
  EACCES: notAllowed,
  EPERM: notAllowed,
  EISDIR: {
    code: "InvalidArgument",
    what: "is a directory",
    remedy: "Name the file in it.",
  },
  ENOTDIR: fileInPath,
  EEXIST: fileInPath,
  ENAMETOOLONG: {
    code: "InvalidArgument",
    what: "has a name that is too long for the file system",
    remedy: "Choose a shorter name.",
  },
  EROFS: {
    code: "InvalidArgument",
    what: "is on a read-only file system",
    remedy: "Choose another place.",
  },
  ELOOP: {
    code: "InvalidArgument",
    what: "has a loop of symbolic links in its path",
    remedy: "Remove the loop, or choose another place.",
  },
  ENOSPC: {
    code: "QuotaExceeded",
    what: "cannot be written: the disk is full",
    remedy: "Free some space or choose another disk; nothing unfinished was left behind.",
  },
  EDQUOT: {
    code: "QuotaExceeded",
    what: "cannot be written: the user's disk quota is used up",
    remedy: "Free some space or choose another disk; nothing unfinished was left behind.",
  },
  EFBIG: {
    code: "QuotaExceeded",
    what: "cannot be written: it would grow larger than is allowed here",
    remedy:
      "Raise the user's limit (ulimit -f), or choose a file system that takes files so large.",
  },
  EMFILE: {
    code: "Unavailable",
    what: "cannot be opened: too many files are open",
    remedy: "Raise the limit (ulimit -n), or do less at a time.",
  },
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
  const isPattern = code === "ENOENT" && /[*?]/.test(path);
  return new StorageError(meaning.code, `${operation}: the local file ${path} ${meaning.what}.`, {
    operation,
    remedy: isPattern ? unexpanded : meaning.remedy,
    cause: error,
    details: { LocalPath: path },
  });
}

/** As `localFileError`, of a file or folder that is to be made. */
export function localTargetError(operation: string, path: string, error: unknown): StorageError {
  const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
  if (error instanceof StorageError || !isMissing) return localFileError(operation, path, error);
  const message = `${operation}: the target ${path} cannot be made: its folder takes none, or is gone.`;
  return new StorageError("InvalidArgument", message, {
    operation,
    remedy: "Choose another place.",
    cause: error,
    details: { LocalPath: path },
  });
}
