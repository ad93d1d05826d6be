import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * As `mkdirSync` with `recursive`, which never ends where a folder cannot be made although its parent
 * is there, as below /proc: node takes ENOENT for a missing parent. Throws Node's errors.
 */
export function makeFolder(directory: string): void {
  // Mostly it is there; to be told so by an error would cost more than to ask.
  if (isFolder(directory)) return;
  const parent = dirname(directory);
  if (parent !== directory && !isFolder(parent)) makeFolder(parent);
  try {
    mkdirSync(directory);
  } catch (error) {
    if (!isFolder(directory)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
