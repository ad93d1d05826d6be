import type { Dirent } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { localFileError } from "../../transfer/local/local-file-error.ts";
import type { SkippedCopy } from "./copy-job.ts";

export interface LocalFile {
  readonly path: string;
  /** From the folder down, with `/`. */
  readonly relative: string;
}

/**
 * The regular files of a folder and its sub-folders. Links to files are followed; links to folders
 * are not, since they can run in circles: those and special files come back as skipped.
 */
export async function* localFiles(
  folder: string,
  skipped: (item: SkippedCopy) => void,
  parent = "",
): AsyncIterable<LocalFile> {
  const entries = await readFolder(folder, parent === "" ? undefined : skipped);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const relative = `${parent}${entry.name}`;
    if (!(await isNamed(path))) {
      skipped({ source: path, reason: "its name is not UTF-8, as the names of objects must be" });
    } else if (entry.isDirectory()) {
      yield* localFiles(path, skipped, `${relative}/`);
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) {
      yield { path, relative };
    } else {
      const reason = entry.isSymbolicLink()
        ? "a link to a folder or to nothing"
        : "neither a file nor a folder";
      skipped({ source: path, reason });
    }
  }
}

/** A sub-folder that cannot be read is skipped, the folder itself an error. */
async function readFolder(
  folder: string,
  skipped: ((item: SkippedCopy) => void) | undefined,
): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const known = localFileError("cp", folder, error);
    if (skipped === undefined) throw known;
    skipped({ source: folder, reason: known.message.replace(/\.$/, "") });
    return [];
  }
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
