import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheLimits } from "../core/store-limits.ts";

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

  /** Takes away what was not used for longest until so many bytes fit; in turn within a process. */
  make(bytes: number): Promise<void> {
    this.#making = this.#making.then(() => this.#make(bytes));
    return this.#making;
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
    const files = await filesIn(join(this.#folder, "content"));
    let total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let unusedSinceMs = 0;
    const wanted = this.#maxBytes - bytes;
    for (const file of files.toSorted((a, b) => a.usedMs - b.usedMs)) {
      if (total <= wanted) break;
      await rm(file.path, { force: true });
      total -= file.sizeBytes;
      unusedSinceMs = file.usedMs;
    }
    this.#bytes = total;
    await this.#forgetKeys(unusedSinceMs);
  }

  /** A key is touched after its content, so those that are no younger have lost theirs. */
  async #forgetKeys(unusedSinceMs: number): Promise<void> {
    const keys = await filesIn(join(this.#folder, "keys"));
    const youngestFirst = keys.toSorted((a, b) => b.usedMs - a.usedMs);
    for (const [index, { path, usedMs }] of youngestFirst.entries()) {
      const isOne = index >= cacheLimits.keys || usedMs <= unusedSinceMs;
      if (isOne) await rm(path, { force: true });
    }
  }

  /** Drafts of processes that are no more. */
  async #removeAbandoned(): Promise<void> {
    const before = Date.now() - cacheLimits.draftMs;
    for (const { path, usedMs } of await filesIn(join(this.#folder, "drafts"))) {
      if (usedMs < before) await rm(path, { force: true });
    }
  }
}

async function filesIn(folder: string): Promise<FoundFile[]> {
  const names = await readdir(folder).catch(() => []);
  const found: FoundFile[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts !== undefined) found.push({ path, sizeBytes: facts.size, usedMs: facts.mtimeMs });
  }
  return found;
}
