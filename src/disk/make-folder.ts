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
  // A file in its place is for `mkdir` to refuse: it says ENOTDIR for what was asked for.
  const above = parent !== directory && !isThere(parent) ? makeFolder(parent, mode) : undefined;
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

/** Of what is below a file newer Nodes say that it is not there; older ones throw ENOTDIR. */
function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
