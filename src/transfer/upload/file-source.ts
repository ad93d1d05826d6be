import { type BigIntStats, constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { resolve } from "node:path";
import { StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import type { UploadSource } from "../../core/object-store.ts";
import type { PartMemory } from "../part-memory.ts";
import type { ByteSource, SourceIdentity, SourcePart } from "./byte-source.ts";
import { localFileError } from "../local/local-file-error.ts";

const operation = "uploadFile";

/** A regular file, read by position. Close it when the upload is over. */
export class FileSource implements ByteSource {
  readonly sizeBytes: number;
  readonly origin: { readonly path: string; readonly identity: SourceIdentity };
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #memory: PartMemory;

  private constructor(
    path: string,
    handle: FileHandle,
    identity: SourceIdentity,
    memory: PartMemory,
  ) {
    this.#path = path;
    this.#handle = handle;
    this.#memory = memory;
    this.sizeBytes = identity.sizeBytes;
    this.origin = { path: resolve(path), identity };
  }

  /** `memory`: for its parts. */
  static async open(path: string, memory: PartMemory): Promise<FileSource> {
    let handle: FileHandle | undefined;
    try {
      // A pipe without a writer would hold the open up for ever.
      handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) throw notRegular(path, stats.isDirectory());
      return new FileSource(path, handle, identityOf(stats), memory);
    } catch (error) {
      await handle?.close();
      throw localFileError(operation, path, error);
    }
  }

  /** Files of the system, such as those in /proc, say that they are empty and are not. */
  async hasUnsaidBytes(): Promise<boolean> {
    if (this.sizeBytes > 0) return false;
    try {
      return (await this.#handle.read(Buffer.alloc(1), 0, 1, 0)).bytesRead > 0;
    } catch (error) {
      throw localFileError(operation, this.#path, error);
    }
  }

  /** The bytes from first to last, however many there are. */
  stream(): AsyncIterable<Uint8Array> {
    return this.#handle.createReadStream({ autoClose: false, start: 0 });
  }

  /** Parts up to `bufferedPartBytes` are held in memory; larger ones are streamed at each attempt. */
  async part(offset: number, lengthBytes: number): Promise<SourcePart> {
    if (lengthBytes > transferLimits.bufferedPartBytes) {
      return { body: this.#stream(offset, lengthBytes), release() {} };
    }
    const buffer = await this.#memory.take(lengthBytes);
    const release = (): void => this.#memory.give(buffer);
    try {
      await this.#fill(buffer, offset);
    } catch (error) {
      release();
      throw error;
    }
    return { body: buffer, release };
  }

  async assertUnchanged(): Promise<void> {
    if (await this.#isChanged()) throw this.#changed();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #stream(offset: number, lengthBytes: number): UploadSource {
    const fill = (buffer: Buffer, position: number): Promise<void> => this.#fill(buffer, position);
    return {
      lengthBytes,
      async *open() {
        for (let done = 0; done < lengthBytes;) {
          const chunk = Buffer.allocUnsafe(
            Math.min(transferLimits.fileChunkBytes, lengthBytes - done),
          );
          await fill(chunk, offset + done);
          done += chunk.length;
          yield chunk;
        }
      },
    };
  }

  async #fill(buffer: Buffer, position: number): Promise<void> {
    let filled = 0;
    try {
      while (filled < buffer.length) {
        const { bytesRead } = await this.#handle.read(
          buffer,
          filled,
          buffer.length - filled,
          position + filled,
        );
        if (bytesRead === 0) throw await this.#tooShort(position + filled);
        filled += bytesRead;
      }
    } catch (error) {
      throw localFileError(operation, this.#path, error);
    }
  }

  /** Changed meanwhile, or a file of the system whose size says nothing of its contents. */
  async #tooShort(foundBytes: number): Promise<StorageError> {
    if (await this.#isChanged()) return this.#changed();
    const message = `${operation}: ${this.#path} holds ${foundBytes} bytes, not ${this.sizeBytes}.`;
    return new StorageError("InvalidArgument", message, {
      operation,
      remedy: "Pipe its contents to sms-storage cp - s3://BUCKET/KEY, or use uploadStream.",
    });
  }

  /** Its other facts change by a rename or new permissions too, which leave the bytes as they are. */
  async #isChanged(): Promise<boolean> {
    const { sizeBytes, mtimeNs } = this.origin.identity;
    const now = identityOf(await this.#handle.stat({ bigint: true }));
    return now.sizeBytes !== sizeBytes || now.mtimeNs !== mtimeNs;
  }

  #changed(): StorageError {
    const message = `${operation}: ${this.#path} was changed while it was being uploaded.`;
    return new StorageError("Conflict", message, {
      operation,
      remedy: "Upload it again once nothing writes to it; what was in the bucket is untouched.",
    });
  }
}

function identityOf(stats: BigIntStats): SourceIdentity {
  return {
    sizeBytes: Number(stats.size),
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
    inode: String(stats.ino),
  };
}

function notRegular(path: string, isDirectory: boolean): StorageError {
  return new StorageError(
    "InvalidArgument",
    `${operation}: ${path} is ${isDirectory ? "a directory" : "not a regular file"}.`,
    {
      operation,
      remedy: isDirectory
        ? "Use uploadDirectory for all of its files, or sms-storage cp --recursive."
        : "Pipe its contents to sms-storage cp - s3://BUCKET/KEY, or use uploadStream.",
    },
  );
}
