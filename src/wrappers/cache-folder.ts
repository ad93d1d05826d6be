import { createHash, randomUUID, type Hash } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { open, readFile, rename, rm, utimes, writeFile, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StorageError } from "../core/errors.ts";
import type { ObjectHead } from "../core/object-store.ts";
import { cacheLimits } from "../core/store-limits.ts";
import { makeFolder } from "../disk/make-folder.ts";
import { CacheRoom } from "./cache-room.ts";

/** What stands in `keys/`: the bytes that a key had, and which object that was. */
interface KeyEntry extends WrittenObject {
  readonly sha256: string;
}

/** One writing of a key. An ETag alone may be the same again where the same bytes were written anew. */
interface WrittenObject {
  readonly etag: string;
  readonly sizeBytes: number;
  readonly lastModifiedMs: number;
  readonly versionId?: string | undefined;
}

function writtenOf({ etag, sizeBytes, lastModified, versionId }: ObjectHead): WrittenObject {
  return { etag, sizeBytes, lastModifiedMs: lastModified.getTime(), versionId };
}

/** Bytes of an object that are here, proven whole. Read or close it. */
export interface CachedObject {
  /** Whether these are the bytes of the object that the store tells of. */
  isOf(head: ObjectHead): boolean;
  body(): AsyncGenerator<Uint8Array, void>;
  close(): Promise<void>;
}

/**
 * A folder of objects: `content/` holds bytes under their SHA-256, `keys/` says which of them a key had,
 * `drafts/` what is on its way. Everything appears by a rename, so that any number of processes may
 * share it without a lock; what is open stays readable when another process takes it away.
 */
export class CacheFolder {
  readonly #folder: string;
  readonly #room: CacheRoom;

  /** Makes the folder. Throws ConfigurationError where that cannot be. */
  constructor({ folder, maxBytes }: { readonly folder: string; readonly maxBytes: number }) {
    assertFolder(folder);
    this.#folder = folder;
    this.#room = new CacheRoom(folder, maxBytes);
  }

  /** Undefined: not here, or not whole any more, and then gone. */
  async find(name: string): Promise<CachedObject | undefined> {
    const keyFile = this.#keyFile(name);
    try {
      const { sha256, ...written } = parseEntry(await readFile(keyFile, "utf8"));
      const contentFile = this.#contentFile(sha256);
      const handle = await open(contentFile, "r");
      if (await isWhole(handle, sha256, written.sizeBytes)) {
        const now = new Date();
        await Promise.all([keyFile, contentFile].map((file) => utimes(file, now, now))).catch(
          () => undefined,
        );
        return new OpenObject(written, handle);
      }
      await handle.close();
      await rm(contentFile, { force: true });
    } catch {
      // Not here, or no entry: it is fetched, and written anew.
    }
    await rm(keyFile, { force: true }).catch(() => undefined);
    return undefined;
  }

  /** Undefined where the folder takes none. */
  async draft(name: string, head: ObjectHead): Promise<CacheDraft | undefined> {
    try {
      const file = join(this.#folder, "drafts", randomUUID());
      makeFolder(dirname(file), 0o700);
      const handle = await open(file, "wx", 0o600);
      return new CacheDraft({
        file,
        handle,
        head,
        keyFile: this.#keyFile(name),
        contentFile: (sha256) => this.#contentFile(sha256),
        makeRoom: (bytes) => this.#room.make(bytes),
      });
    } catch {
      return undefined;
    }
  }

  #keyFile(name: string): string {
    return join(this.#folder, "keys", createHash("sha256").update(name).digest("hex"));
  }

  #contentFile(sha256: string): string {
    return join(this.#folder, "content", sha256);
  }
}

interface DraftParts {
  readonly file: string;
  readonly handle: FileHandle;
  readonly head: ObjectHead;
  readonly keyFile: string;
  readonly contentFile: (sha256: string) => string;
  readonly makeRoom: (bytes: number) => Promise<void>;
}

/** Bytes on their way into the folder. Nothing that fails here fails who reads them. */
export class CacheDraft {
  readonly #parts: DraftParts;
  readonly #hash: Hash = createHash("sha256");
  #bytes = 0;
  #isOpen = true;

  constructor(parts: DraftParts) {
    this.#parts = parts;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (!this.#isOpen) return;
    try {
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      await this.#parts.handle.writeFile(chunk);
    } catch {
      await this.discard();
    }
  }

  /** All bytes have come: they are there under their name from now on. */
  async keep(): Promise<void> {
    const { file, handle, head, keyFile, contentFile, makeRoom } = this.#parts;
    if (!this.#isOpen || this.#bytes !== head.sizeBytes) return this.discard();
    try {
      await handle.close();
      const sha256 = this.#hash.digest("hex");
      await makeRoom(this.#bytes);
      for (const place of [contentFile(sha256), keyFile]) {
        makeFolder(dirname(place), 0o700);
      }
      await rename(file, contentFile(sha256));
      const draft = `${file}-key`;
      await writeFile(draft, JSON.stringify({ sha256, ...writtenOf(head) }), { mode: 0o600 });
      await rename(draft, keyFile);
      this.#isOpen = false;
    } catch {
      await this.discard();
    }
  }

  /** Safe to call twice, and after `keep`. */
  async discard(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { file, handle } = this.#parts;
    await handle.close().catch(() => undefined);
    await rm(file, { force: true }).catch(() => undefined);
  }
}

class OpenObject implements CachedObject {
  readonly #written: WrittenObject;
  readonly #handle: FileHandle;

  constructor(written: WrittenObject, handle: FileHandle) {
    this.#written = written;
    this.#handle = handle;
  }

  isOf(head: ObjectHead): boolean {
    const { etag, sizeBytes, lastModifiedMs, versionId } = writtenOf(head);
    const kept = this.#written;
    return (
      etag === kept.etag &&
      sizeBytes === kept.sizeBytes &&
      lastModifiedMs === kept.lastModifiedMs &&
      versionId === kept.versionId
    );
  }

  async *body(): AsyncGenerator<Uint8Array, void> {
    try {
      const { sizeBytes } = this.#written;
      let at = 0;
      while (at < sizeBytes) {
        const { buffer, bytesRead } = await this.#handle.read({
          buffer: Buffer.allocUnsafe(Math.min(cacheLimits.chunkBytes, sizeBytes - at)),
          position: at,
        });
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }
}

async function isWhole(handle: FileHandle, sha256: string, sizeBytes: number): Promise<boolean> {
  const { size } = await handle.stat();
  if (size !== sizeBytes) return false;
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(Math.min(cacheLimits.chunkBytes, Math.max(1, sizeBytes)));
  for (let at = 0; at < sizeBytes;) {
    const { bytesRead } = await handle.read({ buffer, position: at });
    if (bytesRead === 0) return false;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest("hex") === sha256;
}

/** Throws where it is no entry. */
function parseEntry(text: string): KeyEntry {
  const entry = JSON.parse(text) as KeyEntry;
  const { sha256, etag } = entry;
  if (!/^[0-9a-f]{64}$/.test(sha256) || typeof etag !== "string") throw new Error("no entry");
  return entry;
}

function assertFolder(folder: string): void {
  try {
    makeFolder(folder, 0o700);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(
      "ConfigurationError",
      `cacheReads: ${folder} takes no files: ${reason}`,
      {
        operation: "cacheReads",
        remedy: "Name a folder that you may make and write.",
        cause: error,
      },
    );
  }
}
