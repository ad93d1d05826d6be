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

/**
 * What becomes of symbolic links. `files`: those to files are read, those to folders are skipped,
 * since they can run in circles. `all`: those to folders are gone through as well, but for one that
 * leads back into a folder that it lies in. `none`: as if they were not there.
 */
export type LinkPolicy = "files" | "all" | "none";

/** How to go through a folder. */
export interface LocalFilesOptions {
  /** Whether to look into a sub-folder; its relative path ends with `/`. Default: all. */
  readonly enters?: (folder: string) => boolean;
  /** Default `files`. */
  readonly links?: LinkPolicy;
}

/**
 * The regular files of a folder and its sub-folders. Special files come back as skipped, as do
 * sub-folders that cannot be read and links that are not followed. Parts of downloads do not come at
 * all. Throws StorageError when the folder itself cannot be read.
 */
export function localFiles(
  folder: string,
  { enters = () => true, links = "files" }: LocalFilesOptions = {},
): AsyncGenerator<LocalFile | SkippedItem, void> {
  return filesBelow(folder, { parent: "", enters, links, above: [] });
}

interface Walk extends Required<LocalFilesOptions> {
  /** What the relative paths begin with. */
  readonly parent: string;
  /** The folders that this one lies in, where links to folders are followed. */
  readonly above: readonly string[];
}

async function* filesBelow(
  folder: string,
  walk: Walk,
): AsyncGenerator<LocalFile | SkippedItem, void> {
  const entries = await readFolder(folder);
  if (entries instanceof StorageError) {
    if (walk.parent === "") throw entries;
    yield skipped(folder, entries.message.replace(/\.$/, ""));
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const above = walk.links === "all" ? [...walk.above, await identify(folder)] : walk.above;
  for (const entry of entries) {
    // Half a file is none; the next download into this folder removes it.
    if (isPartFile(entry.name)) continue;
    const path = join(folder, entry.name);
    const relative = `${walk.parent}${entry.name}`;
    const kind = await kindOf(entry, path, walk.links);
    if (kind === "folder") {
      const parent = `${relative}/`;
      const isLoop = entry.isSymbolicLink() && above.includes(await identify(path));
      if (isLoop) yield skipped(path, "a link to a folder that it lies in");
      else if (walk.enters(parent)) yield* filesBelow(path, { ...walk, parent, above });
    } else if (kind === "file") {
      yield { kind: "file", path, relative };
    } else if (kind !== "nothing") {
      yield skipped(path, kind.reason);
    }
  }
}

type EntryKind = "file" | "folder" | "nothing" | { readonly reason: string };

async function kindOf(entry: Dirent, path: string, links: LinkPolicy): Promise<EntryKind> {
  if (!(await isNamed(path))) {
    return { reason: "its name is not UTF-8, as the names of objects must be" };
  }
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  if (!entry.isSymbolicLink()) return { reason: "neither a file nor a folder" };
  if (links === "none") return "nothing";
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return "file";
  if (found?.isDirectory() === true && links === "all") return "folder";
  return { reason: "a link to a folder or to nothing" };
}

/** The same for all paths to a folder. */
async function identify(folder: string): Promise<string> {
  const found = await stat(folder, { bigint: true }).catch(() => undefined);
  return found === undefined ? folder : `${found.dev}:${found.ino}`;
}

async function readFolder(folder: string): Promise<Dirent[] | StorageError> {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) =>
    localFileError("uploadFile", folder, error),
  );
}

function skipped(source: string, reason: string): SkippedItem {
  return { kind: "skipped", source, reason };
}

/** Bytes that are no UTF-8 come as U+FFFD; under that name there is no file. */
async function isNamed(path: string): Promise<boolean> {
  if (!path.includes("\uFFFD")) return true;
  return lstat(path).then(
    () => true,
    () => false,
  );
}
