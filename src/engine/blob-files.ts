import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { S3Error } from "../protocol/s3-error.ts";
import type { Disk, DiskFile, DiskReader } from "./disk.ts";
import { ReadBuffers } from "./read-buffers.ts";
import { diskError, diskFullError, errorCodeOf, isDiskFull } from "./disk-errors.ts";

const unfinishedSuffix = ".tmp";

/** A file's name: 32 hex digits by chance, never anything of an object's key. */
export type BlobId = string;

/**
 * The files of large contents, `blobs/ab/ab12...`. A file is immutable once it has its name, and
 * has it only after its bytes are on the disk.
 */
export class BlobFiles {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #flush: boolean;
  readonly #onSyncFailure: (reason: string) => void;
  /** For those who read them. */
  readonly buffers = new ReadBuffers();
  readonly #folders = new Map<string, Promise<void>>();
  #leftBehind = false;

  constructor(options: {
    readonly disk: Disk;
    readonly directory: string;
    /** False: nothing is flushed, for a store that is thrown away. */
    readonly flush: boolean;
    readonly onSyncFailure: (reason: string) => void;
  }) {
    this.#disk = options.disk;
    this.#directory = options.directory;
    this.#flush = options.flush;
    this.#onSyncFailure = options.onSyncFailure;
  }

  /** True when a file that belongs to nothing could not be removed. */
  get leftBehind(): boolean {
    return this.#leftBehind;
  }

  async create(): Promise<NewBlobFile> {
    const id = randomBytes(16).toString("hex");
    try {
      await this.#makeFolder(id);
      const path = this.#path(id) + unfinishedSuffix;
      return new NewBlobFile(this, id, path, await this.#disk.create(path));
    } catch (error) {
      throw this.#explain("creating a file", error);
    }
  }

  async open(id: BlobId): Promise<DiskReader> {
    return await this.#disk.open(this.#path(id));
  }

  /** A file that is gone already is fine. */
  async remove(id: BlobId): Promise<void> {
    await this.#unlink(this.#path(id));
  }

  /** Size of a file in bytes. Rejects with ENOENT when it is not there. */
  async sizeOf(id: BlobId): Promise<number> {
    return await this.#disk.sizeOf(this.#path(id));
  }

  /** Moves a file out of this folder, to a place on the same disk. */
  async moveAway(id: BlobId, path: string): Promise<void> {
    await this.#disk.rename(this.#path(id), path);
  }

  /** Removes what a crash left half written. */
  async removeUnfinished(): Promise<number> {
    let count = 0;
    for (const name of await this.#names()) {
      if (!name.file.endsWith(unfinishedSuffix)) continue;
      await this.#unlink(join(this.#directory, name.folder, name.file));
      count += 1;
    }
    return count;
  }

  /** Every finished file. */
  async ids(): Promise<BlobId[]> {
    const names = await this.#names();
    return names.map((name) => name.file).filter((file) => /^[0-9a-f]{32}$/.test(file));
  }

  async write(file: DiskFile, pieces: readonly Uint8Array[]): Promise<void> {
    try {
      await file.write(pieces);
    } catch (error) {
      throw this.#explain("writing a file", error);
    }
  }

  /** Bytes to the disk, then the name, then the name to the disk. */
  async finish(id: BlobId, unfinishedPath: string, file: DiskFile): Promise<void> {
    if (this.#flush) await this.#sync("flushing a file", async () => await file.sync());
    try {
      await file.close();
      await this.#disk.rename(unfinishedPath, this.#path(id));
    } catch (error) {
      throw this.#explain("naming a file", error);
    }
    if (this.#flush) {
      await this.#sync("flushing a directory", async () => {
        await this.#disk.syncDirectory(this.#folder(id));
      });
    }
  }

  /** Best effort; what stays behind is found by the next open when it knows of `leftBehind`. */
  async abandon(id: BlobId, unfinishedPath: string, file: DiskFile): Promise<void> {
    await file.close().catch(() => undefined);
    try {
      await this.#unlink(unfinishedPath);
      await this.remove(id);
    } catch {
      this.#leftBehind = true;
    }
  }

  async #names(): Promise<{ readonly folder: string; readonly file: string }[]> {
    const names: { readonly folder: string; readonly file: string }[] = [];
    for (const folder of await this.#disk.list(this.#directory)) {
      // Not ours: `lost+found` of a volume, `.DS_Store`, ...
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      const files = await this.#disk.list(join(this.#directory, folder));
      for (const file of files) names.push({ folder, file });
    }
    return names;
  }

  async #unlink(path: string): Promise<void> {
    try {
      await this.#disk.unlink(path);
    } catch (error) {
      if (errorCodeOf(error) !== "ENOENT") throw error;
    }
  }

  async #makeFolder(id: BlobId): Promise<void> {
    const folder = this.#folder(id);
    const known = this.#folders.get(folder);
    if (known !== undefined) return await known;
    const made = this.#makeNewFolder(folder);
    this.#folders.set(folder, made);
    try {
      await made;
    } catch (error) {
      this.#folders.delete(folder);
      throw error;
    }
  }

  async #makeNewFolder(folder: string): Promise<void> {
    await this.#disk.makeDirectory(folder);
    if (!this.#flush) return;
    await this.#sync("flushing a directory", async () => {
      await this.#disk.syncDirectory(this.#directory);
    });
  }

  /**
   * After a failed flush the kernel may have dropped the bytes while it calls the next flush a
   * success, so the store must not go on as if nothing were. A full disk is no such case: the file
   * is given up and nothing relies on it.
   */
  async #sync(action: string, sync: () => Promise<void>): Promise<void> {
    try {
      await sync();
    } catch (error) {
      if (!isDiskFull(error)) {
        this.#onSyncFailure(
          `${action} failed (${errorCodeOf(error) ?? String(error)}). What is stored can be read. ` +
            "Check the disk, then restart the server.",
        );
      }
      throw this.#explain(action, error);
    }
  }

  #explain(action: string, error: unknown): Error {
    if (error instanceof S3Error) return error;
    if (isDiskFull(error)) return diskFullError({ directory: this.#directory, cause: error });
    return diskError(action, error);
  }

  #folder(id: BlobId): string {
    return join(this.#directory, id.slice(0, 2));
  }

  #path(id: BlobId): string {
    return join(this.#folder(id), id);
  }
}

/** A file being written; ends with `finish` or `abandon`. */
export class NewBlobFile {
  readonly id: BlobId;
  readonly #files: BlobFiles;
  readonly #path: string;
  readonly #file: DiskFile;

  constructor(files: BlobFiles, id: BlobId, path: string, file: DiskFile) {
    this.id = id;
    this.#files = files;
    this.#path = path;
    this.#file = file;
  }

  async write(pieces: readonly Uint8Array[]): Promise<void> {
    await this.#files.write(this.#file, pieces);
  }

  async finish(): Promise<void> {
    await this.#files.finish(this.id, this.#path, this.#file);
  }

  async abandon(): Promise<void> {
    await this.#files.abandon(this.id, this.#path, this.#file);
  }
}
