import { lstat, mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { StorageError } from "../../core/errors.ts";
import { localFileError } from "../local/local-file-error.ts";

const operation = "downloadFile";

/**
 * The absolute path to download to. Throws InvalidArgument for what a rename would not replace as the
 * caller means it: a directory, or a symbolic link, which would itself be replaced.
 */
export async function checkTarget(filePath: string | URL): Promise<string> {
  const given = typeof filePath === "string" ? filePath : fileURLToPath(filePath);
  const target = path.resolve(given);
  if (given === "" || /[/\\]$/.test(given) || given === ".") throw isDirectory(given);
  const stats = await lstat(target).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return undefined;
    throw localFileError(operation, target, error);
  });
  if (stats?.isDirectory() === true) throw isDirectory(target);
  if (stats?.isSymbolicLink() === true) {
    throw refused(target, "is a symbolic link", "Give the path of the file that it points to.");
  }
  if (stats !== undefined && !stats.isFile()) {
    throw refused(target, "is not a regular file", "Give the path of a file, new or old.");
  }
  return target;
}

/** Makes the folders above a target. Throws StorageError. */
export async function makeParents(target: string): Promise<void> {
  const directory = path.dirname(target);
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    // On a read-only file system Node says ENOENT of the folder that it could not make.
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing) throw refused(directory, "cannot be made", "Choose another place.");
    throw localFileError(operation, directory, error);
  }
}

function isDirectory(target: string): StorageError {
  return refused(target, "is a directory", "Name the file in it, such as results/table.tsv.");
}

function refused(target: string, what: string, remedy: string): StorageError {
  return new StorageError("InvalidArgument", `${operation}: the target ${target} ${what}.`, {
    operation,
    remedy,
    details: { LocalPath: target },
  });
}
