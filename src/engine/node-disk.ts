import { open, readdir, rename, stat, statfs, unlink, type FileHandle } from "node:fs/promises";
import { makeFolder } from "../disk/make-folder.ts";
import { syncDirectory } from "../disk/sync-directory.ts";
import type { Disk, DiskFile, DiskReader } from "./disk.ts";

/** The real disk. New files and directories are for the owner alone. */
export const nodeDisk: Disk = {
  create: async (path) => new NodeFile(await open(path, "wx", 0o600)),
  open: async (path) => new NodeReader(await open(path, "r")),
  rename: async (from, to) => await rename(from, to),
  unlink: async (path) => await unlink(path),
  makeDirectory: async (path) => {
    makeFolder(path, 0o700);
  },
  sizeOf: async (path) => (await stat(path)).size,
  list: async (path) => await readdir(path),
  syncDirectory,
  freeBytes: async (path) => {
    const figures = await statfs(path);
    return figures.bavail * figures.bsize;
  },
};

class NodeFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(pieces: readonly Uint8Array[]): Promise<void> {
    let left = pieces;
    while (left.length > 0) {
      const { bytesWritten } = await this.#handle.writev(left);
      left = behind(left, bytesWritten);
    }
  }

  async sync(): Promise<void> {
    await this.#handle.datasync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** What is left of pieces whose first bytes are done. */
function behind(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let done = bytes;
  for (const [index, piece] of pieces.entries()) {
    if (done < piece.length) return [piece.subarray(done), ...pieces.slice(index + 1)];
    done -= piece.length;
  }
  return [];
}

class NodeReader implements DiskReader {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    const { bytesRead } = await this.#handle.read(target, 0, target.length, position);
    return bytesRead;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
