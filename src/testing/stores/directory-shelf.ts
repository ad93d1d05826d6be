import { randomUUID } from "node:crypto";
import {
  constants,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { join } from "node:path";
import { DirectoryFiles, flushFile, type FoundFile } from "./directory-files.ts";
import { DirectoryFacts, markOf, type FileFacts } from "./directory-facts.ts";
import { DirectoryUploads } from "./directory-uploads.ts";
import { ownFolder, type NameRules } from "./file-names.ts";
import { readBytes, StagedFile } from "./file-bytes.ts";
import type { KeptBytes, KeptVersion, Place, Shelf } from "./shelf.ts";

/** Older leftovers of writers that died are taken away. */
const leftoverMs = 24 * 3_600_000;

export interface DirectoryShelfOptions {
  readonly root: string;
  readonly rules: NameRules;
  /** Whether a write waits until the disk has it. */
  readonly flushes: boolean;
}

/** Objects as files of a folder: one version each, what is stored beside the bytes in a folder of ours. */
export class DirectoryShelf implements Shelf {
  readonly #files: DirectoryFiles;
  readonly #staging: string;
  readonly #facts: DirectoryFacts;
  readonly #flushes: boolean;
  readonly uploads: DirectoryUploads;
  #isSwept = false;

  constructor({ root, rules, flushes }: DirectoryShelfOptions) {
    this.#files = new DirectoryFiles(root, rules);
    this.#staging = join(root, ownFolder, "staging");
    this.#facts = new DirectoryFacts(join(root, ownFolder, "facts"), flushes);
    this.#flushes = flushes;
    this.uploads = new DirectoryUploads(join(root, ownFolder, "uploads"));
  }

  keys(place: Place): AsyncIterable<string> {
    return this.#files.walk(place);
  }

  async read(key: string): Promise<readonly KeptVersion[]> {
    const found = await this.#files.find(key);
    if (found === undefined) return [];
    const mark = markOf(found.stats);
    const base = { versionId: "null", isDeleteMarker: false, bytes: bytesOf(found) };
    const facts = await this.#facts.read(key, mark);
    if (facts !== undefined) {
      return [{ ...base, ...facts, lastModified: new Date(facts.lastModified) }];
    }
    // Written by somebody else: no MD5 is known, and none is made for who may not ask for it.
    const etag = `"~${mark.sizeBytes}-${found.stats.mtimeNs}"`;
    const lastModified = new Date(mark.modifiedMs);
    return [{ ...base, etag, lastModified, headers: {}, tags: {} }];
  }

  async keep(bytes: AsyncIterable<Uint8Array>): Promise<KeptBytes> {
    await this.#sweep();
    const path = join(this.#staging, randomUUID());
    await mkdir(this.#staging, { recursive: true, mode: 0o700 });
    try {
      const file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY);
      let sizeBytes = 0;
      try {
        for await (const chunk of bytes) {
          await file.writeFile(chunk);
          sizeBytes += chunk.length;
        }
      } finally {
        await file.close();
      }
      return new StagedFile(path, sizeBytes);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  async write(key: string, versions: readonly KeptVersion[], isNew: boolean): Promise<boolean> {
    const [version] = versions;
    const before = await this.#files.find(key);
    const markBefore = before && markOf(before.stats);
    if (version === undefined) {
      await this.#files.remove(key);
      if (markBefore !== undefined) await this.#facts.remove(key, markBefore);
      return true;
    }
    const { bytes } = version;
    if (!(bytes instanceof StagedFile)) {
      // Those that are there: what is stored beside them is written anew.
      if (markBefore !== undefined) await this.#facts.write(key, markBefore, factsOf(version));
      return markBefore !== undefined;
    }
    // A time of its own tells the bytes of a key from those before.
    const modifiedMs = Math.max(Date.now(), (markBefore?.modifiedMs ?? 0) + 1);
    await utimes(bytes.path, modifiedMs / 1000, modifiedMs / 1000);
    if (this.#flushes) await flushFile(bytes.path);
    const mark = markOf(await lstat(bytes.path, { bigint: true }));
    // Before the file has its name, so that it never stands there without.
    await this.#facts.write(key, mark, factsOf(version));
    // A link, unlike a move, never takes the place of what another process put there.
    const move = (target: string): Promise<void> =>
      isNew ? link(bytes.path, target) : rename(bytes.path, target);
    const isDone = await this.#files.publish(key, move, isNew);
    const gone = isDone ? markBefore : mark;
    if (gone !== undefined) await this.#facts.remove(key, gone);
    if (isNew) await bytes.discard();
    return isDone;
  }

  /** Once, and only when something is written. */
  async #sweep(): Promise<void> {
    if (this.#isSwept) return;
    this.#isSwept = true;
    const names = await readdir(this.#staging).catch(() => []);
    for (const name of names) {
      const path = join(this.#staging, name);
      const stats = await stat(path).catch(() => undefined);
      if (stats !== undefined && Date.now() - stats.mtimeMs > leftoverMs) {
        await rm(path, { force: true });
      }
    }
  }
}

function factsOf(version: KeptVersion): FileFacts {
  const { lastModified, etag, headers, tags, checksum, partSizes } = version;
  return {
    lastModified: lastModified.toISOString(),
    etag,
    headers,
    tags,
    ...(checksum !== undefined && { checksum }),
    ...(partSizes !== undefined && { partSizes }),
  };
}

function bytesOf({ path, stats }: FoundFile): KeptBytes {
  return {
    sizeBytes: Number(stats.size),
    open: (range) => readBytes(path, range, stats),
    discard: () => Promise.resolve(),
  };
}
