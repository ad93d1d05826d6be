import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheLimits } from "../core/store-limits.ts";
import type { cacheParts } from "./claim-cache-folder.ts";

/** What the cache calls its own files; a file with another name is somebody else's. */
const hash = /^[0-9a-f]{64}$/;
const ownNames: Readonly<Record<(typeof cacheParts)[number], RegExp>> = {
  content: hash,
  keys: hash,
  drafts: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:-key)?$/,
};

interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
}

/** Keeps a cache folder within its size, whoever else writes to it. */
export class CacheRoom {
  readonly #folder: string;
  readonly #maxBytes: number;
  /** Of `content/`, as far as this process knows; undefined until it has looked. */
  #bytes: number | undefined;
  #untilLook = 0;
  #making: Promise<void> = Promise.resolve();

  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes away what was not used for longest until so many bytes fit; in turn within a process. Throws
   * where they do not.
   */
  make(bytes: number): Promise<void> {
    const made = this.#making.then(() => this.#make(bytes));
    // One that fails keeps none of those after it from making room.
    this.#making = made.catch(() => undefined);
    return made;
  }

  async #make(bytes: number): Promise<void> {
    this.#untilLook -= 1;
    const isKnown = this.#bytes !== undefined && this.#untilLook > 0;
    if (!isKnown || (this.#bytes ?? 0) + bytes > this.#maxBytes) await this.#evict(bytes);
    this.#bytes = (this.#bytes ?? 0) + bytes;
  }

  async #evict(bytes: number): Promise<void> {
    // Others may have written meanwhile, so that only the folder itself tells.
    this.#untilLook = cacheLimits.writesBetweenLooks;
    await this.#removeAbandoned();
    const files = await this.#files("content");
    let total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let unusedSinceMs = 0;
    const wanted = this.#maxBytes - bytes;
    for (const file of files.toSorted((a, b) => a.usedMs - b.usedMs)) {
      if (total <= wanted) break;
      if (!(await tryRemove(file.path))) continue;
      total -= file.sizeBytes;
      unusedSinceMs = file.usedMs;
    }
    this.#bytes = total;
    await this.#forgetKeys(unusedSinceMs);
    if (total > wanted) throw new Error(`${this.#folder} has no room for ${bytes} bytes`);
  }

  /** A key is touched after its content, so those that are no younger have lost theirs. */
  async #forgetKeys(unusedSinceMs: number): Promise<void> {
    const keys = await this.#files("keys");
    const youngestFirst = keys.toSorted((a, b) => b.usedMs - a.usedMs);
    for (const [index, { path, usedMs }] of youngestFirst.entries()) {
      const isOne = index >= cacheLimits.keys || usedMs <= unusedSinceMs;
      if (isOne) await tryRemove(path);
    }
  }

  /** Drafts of processes that are no more. */
  async #removeAbandoned(): Promise<void> {
    const before = Date.now() - cacheLimits.draftMs;
    for (const { path, usedMs } of await this.#files("drafts")) {
      if (usedMs < before) await tryRemove(path);
    }
  }

  /** The cache's own ones alone, and none by way of a link. */
  async #files(part: keyof typeof ownNames): Promise<FoundFile[]> {
    const folder = join(this.#folder, part);
    const isFolder = await lstat(folder).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
    const names = isFolder ? await readdir(folder).catch(() => []) : [];
    const found: FoundFile[] = [];
    for (const name of names.filter((one) => ownNames[part].test(one))) {
      const path = join(folder, name);
      const facts = await lstat(path).catch(() => undefined);
      if (facts?.isFile() !== true) continue;
      found.push({ path, sizeBytes: facts.size, usedMs: facts.mtimeMs });
    }
    return found;
  }
}

/** Whether it is gone now, by whomever. */
async function tryRemove(path: string): Promise<boolean> {
  return rm(path, { force: true }).then(
    () => true,
    () => false,
  );
}
