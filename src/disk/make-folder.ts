import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * As `mkdirSync` with `recursive`, which never ends where a folder cannot be made although its parent
 * is there, as below /proc: node takes ENOENT for a missing parent. Answers the topmost folder that is
 * new, if any. Throws Node's errors.
 */
export function makeFolder(directory: string, mode = 0o777): string | undefined {
  // Mostly it is there; to be told so by an error would cost more than to ask.
  if (isFolder(directory)) return undefined;
  const parent = dirname(directory);
  const above = parent !== directory && !isFolder(parent) ? makeFolder(parent, mode) : undefined;
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    if (!isFolder(directory)) throw error;
    return above;
  }
  return above ?? directory;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
