import type { Dirent } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { StorageError } from "../../core/errors.ts";
import type { SkippedItem } from "../jobs/copy-job.ts";
import { localFileError } from "./local-file-error.ts";
import { isPartFile } from "./part-files.ts";

/** A regular file below a folder. */
export interface LocalFile {
  readonly kind: "file";
  readonly path: string;
  /** From the folder down, with `/`. */
  readonly relative: string;
}

/** How to go through a folder. */
export interface LocalFilesOptions {
  /** What the relative paths begin with. Default: nothing. */
  readonly parent?: string;
  /** Whether to look into a sub-folder; its relative path ends with `/`. Default: all. */
  readonly enters?: (folder: string) => boolean;
}

/**
 * The regular files of a folder and its sub-folders. Links to files are followed; links to folders
 * are not, since they can run in circles: those and special files come back as skipped, as do
 * sub-folders that cannot be read. Parts of downloads do not come at all. Throws StorageError when the folder itself cannot be.
 */
export async function* localFiles(
  folder: string,
  { parent = "", enters = () => true }: LocalFilesOptions = {},
): AsyncGenerator<LocalFile | SkippedItem, void> {
  const entries = await readFolder(folder);
  if (entries instanceof StorageError) {
    if (parent === "") throw entries;
    yield skipped(folder, entries.message.replace(/\.$/, ""));
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    // Half a file is none; the next download into this folder removes it.
    if (isPartFile(entry.name)) continue;
    const path = join(folder, entry.name);
    const relative = `${parent}${entry.name}`;
    if (entry.isDirectory() && (await isNamed(path))) {
      const below = `${relative}/`;
      if (enters(below)) yield* localFiles(path, { parent: below, enters });
      continue;
    }
    const reason = await whyNoFile(entry, path);
    yield reason === undefined ? { kind: "file", path, relative } : skipped(path, reason);
  }
}

/** Undefined of a file and of a link to one. */
async function whyNoFile(entry: Dirent, path: string): Promise<string | undefined> {
  if (!(await isNamed(path))) return "its name is not UTF-8, as the names of objects must be";
  if (entry.isFile()) return undefined;
  if (!entry.isSymbolicLink()) return "neither a file nor a folder";
  return (await isFile(path)) ? undefined : "a link to a folder or to nothing";
}

async function readFolder(folder: string): Promise<Dirent[] | StorageError> {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) =>
    localFileError("uploadFile", folder, error),
  );
}

function skipped(source: string, reason: string): SkippedItem {
  return { kind: "skipped", source, reason };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Bytes that are no UTF-8 come as U+FFFD; under that name there is no file. */
async function isNamed(path: string): Promise<boolean> {
  if (!path.includes("\uFFFD")) return true;
  return lstat(path).then(
    () => true,
    () => false,
  );
}
