import { open } from "node:fs/promises";
import { StorageError } from "../../core/errors.ts";
import { localFileError } from "../local/local-file-error.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { toChunk } from "./to-bytes.ts";

const operation = "uploadStream";

/** Reads a stream of chunks of any size in pieces as they are wanted. */
export class StreamReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal;
  #rest: Uint8Array = Buffer.alloc(0);
  #ended = false;

  constructor(contents: AsyncIterable<Uint8Array>, signal: AbortSignal) {
    this.#chunks = contents[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  /** Nothing is left; known only once the end has been met. */
  get ended(): boolean {
    return this.#ended && this.#rest.length === 0;
  }

  /** As much as fits; less, cut to it, only at the end of the stream. */
  async fill(buffer: Buffer): Promise<Buffer> {
    let filled = 0;
    while (filled < buffer.length) {
      if (this.#rest.length === 0) {
        const chunk = await this.#next();
        if (chunk === undefined) break;
        this.#rest = chunk;
      }
      const piece = this.#rest.subarray(0, buffer.length - filled);
      buffer.set(piece, filled);
      filled += piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
    return buffer.subarray(0, filled);
  }

  /** All of it to a new file that only this user may read. */
  async writeTo(file: string): Promise<void> {
    const handle = await open(file, "wx", 0o600).catch((error: unknown) => {
      throw localFileError(operation, file, error);
    });
    try {
      for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) {
        await handle.writeFile(chunk);
      }
    } catch (error) {
      throw localFileError(operation, file, error);
    } finally {
      await handle.close();
    }
  }

  /** Lets the stream go; one that waits for its next chunk is not waited for. */
  leave(): void {
    if (this.#ended) return;
    void this.#chunks.return?.().then(undefined, () => undefined);
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    try {
      const { done, value } = await unlessAborted(operation, this.#chunks.next(), this.#signal);
      if (done !== true) return toChunk(operation, value);
      this.#ended = true;
      return undefined;
    } catch (error) {
      if (error instanceof StorageError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new StorageError("Unknown", `${operation}: the stream broke off: ${reason}`, {
        operation,
        remedy: "Nothing was uploaded; what was under the key is untouched.",
        cause: error,
      });
    }
  }
}
