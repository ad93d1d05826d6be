import type { BigIntStats } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { StorageError } from "../../core/errors.ts";
import { compareKeys } from "../../core/object-key.ts";
import { besideFolder, keyPartOf, namesOfKey, ownFolder, type NameRules } from "./file-names.ts";
import { isBefore, type Place } from "./shelf.ts";

/** Attempts of what another writer can come between. */
const attempts = 8;

/** Code of a system's error, such as `ENOENT`. */
function systemCode(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof Error ? code : undefined;
}

/** Undefined: nothing is there. */
async function lookAt(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** A file that holds an object. */
export interface FoundFile {
  readonly path: string;
  readonly stats: BigIntStats;
}

/** The tree of files that are objects: which file holds which key. */
export class DirectoryFiles {
  readonly #root: string;
  readonly #rules: NameRules;

  constructor(root: string, rules: NameRules) {
    this.#root = root;
    this.#rules = rules;
  }

  /** Undefined: no such key. Links are no objects: they lead out of the folder. */
  async find(key: string): Promise<FoundFile | undefined> {
    const names = namesOfKey(key, this.#rules);
    await this.#assertNoLink(names);
    const path = join(this.#root, ...names);
    for (const candidate of [path, path + besideFolder]) {
      const stats = await lookAt(candidate);
      if (stats?.isFile() === true) return { path: candidate, stats };
    }
    return undefined;
  }

  /**
   * Puts a file of the same file system in the place of a key's. `isNew`: only where there is none;
   * false: there is one.
   */
  async publish(
    key: string,
    move: (target: string) => Promise<void>,
    isNew: boolean,
  ): Promise<boolean> {
    const names = namesOfKey(key, this.#rules);
    await this.#assertNoLink(names);
    const path = join(this.#root, ...names);
    for (let attempt = 1; ; attempt += 1) {
      await this.#makeFolders(names.slice(0, -1));
      const target = await targetOf(path);
      if (isNew && (await lookAt(target)) !== undefined) return false;
      try {
        await move(target);
        return true;
      } catch (error) {
        const code = systemCode(error) ?? "";
        if (isNew && code === "EEXIST") return false;
        if (!passing.has(code) || attempt === attempts) throw error;
      }
    }
  }

  /** Takes a key's file away, and the folders that it leaves empty. */
  async remove(key: string): Promise<void> {
    const names = namesOfKey(key, this.#rules);
    await this.#assertNoLink(names);
    const path = join(this.#root, ...names);
    for (const candidate of [path, path + besideFolder]) {
      const stats = await lookAt(candidate);
      if (stats?.isFile() === true) await unlink(candidate);
    }
    for (let depth = names.length - 1; depth > 0; depth -= 1) {
      try {
        await rmdir(join(this.#root, ...names.slice(0, depth)));
      } catch {
        return; // Others are in it.
      }
    }
  }

  /** In the order of S3's listings. */
  walk(place: Place): AsyncGenerator<string> {
    return this.#walk(this.#root, "", place);
  }

  async *#walk(folder: string, start: string, place: Place): AsyncGenerator<string> {
    for (const { name, key, isFolder } of await this.#children(folder, start)) {
      if (!isFolder) {
        if (!isBefore(key, place)) yield key;
      } else if (!liesBefore(key, place)) {
        yield* this.#walk(join(folder, name), key, place);
      }
    }
  }

  async #children(folder: string, start: string): Promise<Child[]> {
    const children: Child[] = [];
    for (const entry of await entriesOf(folder)) {
      const isFolder = entry.isDirectory();
      if (!isFolder && !entry.isFile()) continue;
      if (isFolder && start === "" && entry.name === ownFolder) continue;
      const part = keyPartOf(entry.name, isFolder);
      if (part !== undefined) children.push({ name: entry.name, key: start + part, isFolder });
    }
    return children.sort((a, b) => compareKeys(a.key, b.key));
  }

  /** Makes way where a key's file has the name that a folder needs. */
  async #makeFolders(names: readonly string[]): Promise<void> {
    let folder = this.#root;
    for (const name of names) {
      folder = join(folder, name);
      for (let attempt = 1; ; attempt += 1) {
        try {
          await mkdir(folder);
        } catch (error) {
          if (systemCode(error) !== "EEXIST") throw error;
          const stats = await lookAt(folder);
          if (stats?.isFile() === true && attempt < attempts) {
            await rename(folder, folder + besideFolder).catch(ignoreMissing);
            continue;
          }
        }
        break;
      }
    }
  }

  async #assertNoLink(names: readonly string[]): Promise<void> {
    let path = this.#root;
    for (const name of names) {
      path = join(path, name);
      const stats = await lookAt(path);
      if (stats === undefined) return;
      if (!stats.isSymbolicLink()) continue;
      throw new StorageError(
        "InvalidArgument",
        `${path} is a link, which leads out of the store.`,
        {
          remedy: "Take it away, or put what it leads to in its place.",
        },
      );
    }
  }
}

/** Codes of moves into a folder, or onto a name, that came or went meanwhile. */
const passing: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EEXIST"]);

/** A name beside that of a folder, and where a key's file has once been moved out of one's way. */
async function targetOf(path: string): Promise<string> {
  const beside = path + besideFolder;
  if ((await lookAt(path))?.isDirectory() === true) return beside;
  return (await lookAt(beside)) === undefined ? path : beside;
}

interface Child {
  readonly name: string;
  /** Of a folder: what the keys below it begin with. */
  readonly key: string;
  readonly isFolder: boolean;
}

/** Whether all keys that begin so are left out. */
function liesBefore(start: string, place: Place): boolean {
  if (place.from === "behind-all" && start.startsWith(place.key)) return true;
  return compareKeys(start, place.key) < 0 && !place.key.startsWith(start);
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

function ignoreMissing(error: unknown): void {
  if (systemCode(error) !== "ENOENT") throw error;
}

/** What is in a file is on the disk, whatever happens to the machine. */
export async function flushFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
