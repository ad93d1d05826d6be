import { readdirSync, realpathSync, statSync, type Dirent, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { transferLimits } from "../../core/limits.ts";
import { compareKeys } from "../../core/object-key.ts";
import { localFileError } from "../local/local-file-error.ts";
import type { LinkPolicy } from "../local/local-files.ts";
import { isPartFile } from "../local/part-files.ts";
import type { TreeItem } from "./tree-item.ts";
import { steadyNow } from "../../core/steady-now.ts";

/** A disk that takes longer for each file is asked about many at a time. */
const slowStatMs = 0.1;

export interface LocalTreeOptions {
  /** Whether to look into a folder; its path ends with `/`. */
  readonly enters: (folder: string) => boolean;
  readonly links: LinkPolicy;
  /** Whether the folder itself may be missing, and then has nothing. */
  readonly mayBeMissing: boolean;
  readonly signal: AbortSignal;
}

/**
 * The files of a folder and its sub-folders in the order of keys, in which a folder counts as its name
 * with `/`. Links that are not followed, special files and what cannot be read come as items that are of
 * no use. Throws StorageError when the folder itself cannot be read.
 */
export function localTree(
  root: string,
  options: LocalTreeOptions,
): AsyncGenerator<TreeItem[], void> {
  return new LocalWalk(options).items(root);
}

/** What is in a folder, by what it is taken for. */
interface Entry {
  readonly entry: Dirent;
  /** By which it is sorted: of folders, and of links to folders, with `/`. */
  readonly name: string;
  readonly kind: "file" | "folder" | "linked-folder";
}

class LocalWalk {
  readonly #options: LocalTreeOptions;
  #batch: TreeItem[] = [];
  /** Of the last files, roughly: one that had to wait for the processor tells nothing. */
  #usualStatMs = 0;

  constructor(options: LocalTreeOptions) {
    this.#options = options;
  }

  async *items(root: string): AsyncGenerator<TreeItem[], void> {
    yield* this.#folder(root, "", []);
    if (this.#batch.length > 0) yield this.#batch;
  }

  /** `above`: the folders that it lies in, where links to folders are followed. */
  async *#folder(
    folder: string,
    parent: string,
    above: readonly string[],
  ): AsyncGenerator<TreeItem[], void> {
    const within = this.#options.links === "all" ? [...above, realpathOf(folder)] : above;
    let files: Entry[] = [];
    for (const found of this.#read(folder, parent)) {
      const { entry, name, kind } = found;
      if (kind === "file") {
        files.push(found);
        if (files.length < transferLimits.statsAtATime) continue;
      }
      await this.#stat(folder, parent, files);
      files = [];
      const path = join(folder, entry.name);
      const reason = this.#whyUnread(found, path, within);
      if (reason !== undefined) {
        this.#batch.push(useless(parent + name, reason));
      } else if (kind !== "file" && this.#options.enters(parent + name)) {
        yield* this.#folder(path, parent + name, within);
      }
      if (this.#batch.length >= transferLimits.treeBatch) yield this.#take();
    }
    await this.#stat(folder, parent, files);
    if (this.#batch.length >= transferLimits.treeBatch) yield this.#take();
  }

  /** Why nobody looks into a folder; undefined of others. */
  #whyUnread({ kind }: Entry, path: string, within: readonly string[]): string | undefined {
    if (kind !== "linked-folder") return undefined;
    if (this.#options.links !== "all") return "a link to a folder";
    return within.includes(realpathOf(path)) ? "a link to a folder that it lies in" : undefined;
  }

  #take(): TreeItem[] {
    this.#options.signal.throwIfAborted();
    const batch = this.#batch;
    this.#batch = [];
    return batch;
  }

  #read(folder: string, parent: string): Entry[] {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      if (parent === "" && this.#options.mayBeMissing && isMissing(error)) return [];
      const failure = localFileError("sync", folder, error);
      if (parent === "") throw failure;
      const item = useless(parent, failure.message.replace(/\.$/, ""));
      this.#batch.push({ ...item, isUnread: true });
      return [];
    }
    const { links } = this.#options;
    return entries
      .filter((entry) => !isPartFile(entry.name) && (links !== "none" || !entry.isSymbolicLink()))
      .map((entry) => entryOf(folder, entry))
      .sort((a, b) => compareKeys(a.name, b.name))
      .filter(({ name }, index, all) => name !== all[index - 1]?.name);
  }

  async #stat(folder: string, parent: string, files: readonly Entry[]): Promise<void> {
    if (files.length === 0) return;
    const paths = files.map(({ entry }) => join(folder, entry.name));
    const found = this.#usualStatMs > slowStatMs ? await statMany(paths) : this.#statNow(paths);
    for (const [index, { entry, name }] of files.entries()) {
      const item = itemOf(parent + name, entry, found[index] ?? new Error("it was not looked at"));
      if (item !== undefined) this.#batch.push(item);
    }
  }

  /** A stat of a local disk takes microseconds; to wait for it in another thread takes more. */
  #statNow(paths: readonly string[]): Looked[] {
    const from = steadyNow();
    const found = paths.map(lookNow);
    this.#usualStatMs += ((steadyNow() - from) / paths.length - this.#usualStatMs) / 8;
    return found;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Names that are no UTF-8 can look alike; of those one stands for all, since none can be read. */
function entryOf(folder: string, entry: Dirent): Entry {
  const { name } = entry;
  if (entry.isDirectory()) return { entry, name: `${name}/`, kind: "folder" };
  const found = entry.isSymbolicLink() ? lookNow(join(folder, name)) : undefined;
  const isFolder = found !== undefined && !(found instanceof Error) && found.isDirectory();
  return isFolder
    ? { entry, name: `${name}/`, kind: "linked-folder" }
    : { entry, name, kind: "file" };
}

/** The same for all paths to a folder. */
function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What a path leads to, or why nobody knows. */
type Looked = Stats | Error;

function lookNow(path: string): Looked {
  try {
    return statSync(path);
  } catch (error) {
    return asError(error);
  }
}

function statMany(paths: readonly string[]): Promise<Looked[]> {
  return Promise.all(paths.map((path) => stat(path).catch(asError)));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Undefined of what has gone meanwhile; what cannot be looked at is there all the same. */
function itemOf(path: string, entry: Dirent, found: Looked): TreeItem | undefined {
  if (found instanceof Error) {
    if (entry.name.includes("\uFFFD")) {
      return useless(path, "its name is not UTF-8, as the names of objects must be");
    }
    if (!isMissing(found)) {
      return useless(path, localFileError("sync", path, found).message.replace(/\.$/, ""));
    }
    return entry.isSymbolicLink() ? useless(path, "a link to nothing") : undefined;
  }
  if (!found.isFile()) return useless(path, "neither a file nor a folder");
  return {
    path,
    sizeBytes: found.size,
    modifiedMs: found.mtimeMs,
    changedMs: found.ctimeMs,
    inode: found.ino,
  };
}

function useless(path: string, unusable: string): TreeItem {
  return { path, sizeBytes: 0, modifiedMs: 0, unusable };
}
