import { createHash, randomUUID, type Hash } from "node:crypto";
import { constants, lstatSync } from "node:fs";
import { lstat, open, rename, rm, utimes, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectHead } from "../core/object-store.ts";
import { cacheLimits } from "../core/store-limits.ts";
import { CacheRoom } from "./cache-room.ts";
import { cacheParts, claimCacheFolder, isOwn } from "./claim-cache-folder.ts";

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
 * share it without a lock; what is open stays readable when another process takes it away. They are
 * those of one user: see claimCacheFolder. What another has written is neither read nor deleted.
 */
export class CacheFolder {
  readonly #folder: string;
  readonly #room: CacheRoom;

  /** Throws as claimCacheFolder does. */
  constructor({ folder, maxBytes }: { readonly folder: string; readonly maxBytes: number }) {
    this.#folder = claimCacheFolder(folder);
    this.#room = new CacheRoom(this.#folder, maxBytes);
  }

  /** Undefined: not here, or not whole any more, and then gone. */
  async find(name: string): Promise<CachedObject | undefined> {
    const keyFile = this.#keyFile(name);
    try {
      const { sha256, ...written } = parseEntry(await ownText(keyFile));
      const contentFile = this.#contentFile(sha256);
      const handle = await openOwn(contentFile);
      if (await isWhole(handle, sha256, written.sizeBytes)) {
        const now = new Date();
        await Promise.all([keyFile, contentFile].map((file) => utimes(file, now, now))).catch(
          () => undefined,
        );
        return new OpenObject(written, handle);
      }
      await handle.close();
      await removeFile(contentFile);
    } catch {
      // Not here, or no entry: it is fetched, and written anew.
    }
    await removeFile(keyFile);
    return undefined;
  }

  /** Undefined where the folder takes none. */
  async draft(name: string, head: ObjectHead): Promise<CacheDraft | undefined> {
    try {
      // Whoever deletes the folder gets it back as it was, with its mark.
      if (!cacheParts.every((part) => isFolder(join(this.#folder, part)))) {
        claimCacheFolder(this.#folder);
      }
      const file = join(this.#folder, "drafts", randomUUID());
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

/** Throws where it is no file of this user's alone; a link is none, and a pipe keeps nobody waiting. */
async function openOwn(path: string): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(path, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
  const facts = await handle.stat().catch(() => undefined);
  if (facts?.isFile() === true && isOwn(facts)) return handle;
  await handle.close();
  throw new Error(`${path} is no file of this user`);
}

async function ownText(path: string): Promise<string> {
  const handle = await openOwn(path);
  try {
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/** A file alone, whatever else stands there by its name; never throws. */
async function removeFile(path: string): Promise<void> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts?.isFile() === true) await rm(path, { force: true }).catch(() => undefined);
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
