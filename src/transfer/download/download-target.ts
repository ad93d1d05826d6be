import { lstatSync, type Stats } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { StorageError } from "../../core/errors.ts";
import { localFileError, localTargetError } from "../local/local-file-error.ts";
import { makeFolder } from "../../disk/make-folder.ts";

const operation = "downloadFile";

/**
 * The absolute path to download to. Throws InvalidArgument for what a rename would not replace as the
 * caller means it: a directory, or a symbolic link, which would itself be replaced.
 */
export function checkTarget(filePath: string | URL): string {
  const given = typeof filePath === "string" ? filePath : fileURLToPath(filePath);
  const target = path.resolve(given);
  if (given === "" || /[/\\]$/.test(given) || given === ".") throw isDirectory(given);
  let stats: Stats | undefined;
  try {
    stats = lstatSync(target, { throwIfNoEntry: false });
  } catch (error) {
    throw localFileError(operation, target, error);
  }
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
export function makeParents(target: string): void {
  const directory = path.dirname(target);
  try {
    makeFolder(directory);
  } catch (error) {
    throw localTargetError(operation, directory, error);
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
