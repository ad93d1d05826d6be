import { randomAccessLimits } from "../../core/archive-limits.ts";
import { isStorageError, StorageError } from "../../core/errors.ts";
import type { ObjectHead, ObjectStore } from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { pourResumed } from "../download/resumed-body.ts";
import { Lanes } from "./lanes.ts";

const operation = "openRandomAccess";
const { blockBytes } = randomAccessLimits;

interface WantedBlock {
  readonly index: number;
  readonly give: (bytes: Uint8Array) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Reads of one version of an object, here and there. Reads of one moment share requests where they lie
 * close together, and what was read lately is kept, up to `randomAccessLimits.cacheBytes`. All bytes are
 * of the object that was opened: once another takes its place, reads fail with PreconditionFailed.
 */
export class RandomAccess {
  readonly #store: ObjectStore;
  readonly #controller = new AbortController();
  readonly #lanes = new Lanes(randomAccessLimits.lanes);
  /** The latest last. */
  readonly #blocks = new Map<number, Promise<Uint8Array>>();
  #wanted: WantedBlock[] = [];
  readonly #versionId: string | undefined;
  readonly head: ObjectHead;

  /** `versionId`: when a version was asked for and not what is current. */
  constructor(store: ObjectStore, head: ObjectHead, versionId?: string) {
    this.#store = store;
    this.#versionId = versionId;
    this.head = head;
  }

  /** Fewer bytes than asked for only at the end of the object. In memory of their own. */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    this.#assertOpen();
    const end = Math.min(offset + length, this.head.sizeBytes);
    if (end <= offset) return new Uint8Array(0);
    const bytes = new Uint8Array(end - offset);
    try {
      await (bytes.length >= randomAccessLimits.directFromBytes
        ? this.#readPast(bytes, offset)
        : this.#readBlocks(bytes, offset));
      return bytes;
    } catch (error) {
      throw this.#controller.signal.aborted ? this.#closed() : inOwnWords(error);
    }
  }

  /** Ends reads that are under way; later ones throw Closed. */
  close(): void {
    this.#controller.abort();
    this.#blocks.clear();
  }

  async #readPast(bytes: Uint8Array, offset: number): Promise<void> {
    const { rangeBytes } = randomAccessLimits;
    const starts = Array.from(
      { length: Math.ceil(bytes.length / rangeBytes) },
      (_, index) => index * rangeBytes,
    );
    await Promise.all(
      starts.map((start) => this.#fetch(offset + start, bytes.subarray(start, start + rangeBytes))),
    );
  }

  async #readBlocks(bytes: Uint8Array, offset: number): Promise<void> {
    const first = Math.floor(offset / blockBytes);
    const last = Math.floor((offset + bytes.length - 1) / blockBytes);
    const indexes = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const blocks = await Promise.all(indexes.map((index) => this.#block(index)));
    blocks.forEach((block, place) => {
      const at = (first + place) * blockBytes - offset;
      const from = Math.max(0, -at);
      bytes.set(block.subarray(from, bytes.length - at), at + from);
    });
  }

  #block(index: number): Promise<Uint8Array> {
    const known = this.#blocks.get(index);
    const block = known ?? this.#want(index);
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
    const [oldest] = this.#blocks.keys();
    const isFull = this.#blocks.size * blockBytes > randomAccessLimits.cacheBytes;
    if (isFull && oldest !== undefined) this.#blocks.delete(oldest);
    return block;
  }

  /** Asked for once all reads of this moment are known. */
  #want(index: number): Promise<Uint8Array> {
    if (this.#wanted.length === 0) queueMicrotask(() => this.#fetchWanted());
    const block = new Promise<Uint8Array>((give, fail) => this.#wanted.push({ index, give, fail }));
    // What failed is asked for anew the next time.
    block.catch(() => {
      if (this.#blocks.get(index) === block) this.#blocks.delete(index);
    });
    return block;
  }

  #fetchWanted(): void {
    const wanted = this.#wanted.toSorted((a, b) => a.index - b.index);
    this.#wanted = [];
    for (let run: WantedBlock[] = []; run.length > 0 || wanted.length > 0; run = []) {
      for (let next = wanted[0]; next !== undefined && fitsBehind(run, next); [next] = wanted) {
        run.push(next);
        wanted.shift();
      }
      void this.#fetchRun(run);
    }
  }

  async #fetchRun(run: readonly WantedBlock[]): Promise<void> {
    const first = (run[0]?.index ?? 0) * blockBytes;
    const end = Math.min(((run.at(-1)?.index ?? 0) + 1) * blockBytes, this.head.sizeBytes);
    const bytes = new Uint8Array(end - first);
    try {
      await this.#fetch(first, bytes);
      for (const { index, give } of run) {
        const at = index * blockBytes - first;
        // A block of its own, so that one that is kept keeps no others with it.
        give(bytes.slice(at, at + blockBytes));
      }
    } catch (error) {
      for (const { fail } of run) fail(error);
    }
  }

  #fetch(first: number, bytes: Uint8Array): Promise<void> {
    const what = { store: this.#store, head: this.head, versionId: this.#versionId };
    const request = {
      ...what,
      first,
      lengthBytes: bytes.length,
      signal: this.#controller.signal,
    };
    return this.#lanes.run(async () => {
      this.#assertOpen();
      let filled = 0;
      await pourResumed(request, (chunk) => {
        bytes.set(chunk, filled);
        filled += chunk.length;
      });
    });
  }

  #assertOpen(): void {
    if (this.#controller.signal.aborted) throw this.#closed();
  }

  #closed(): StorageError {
    const { key } = this.head;
    return new StorageError("Closed", `${operation}: ${key} is closed.`, {
      operation,
      bucket: this.#store.bucket,
      key,
      remedy: "Close it after its last read, or open it again.",
    });
  }
}

function fitsBehind(run: readonly WantedBlock[], next: WantedBlock): boolean {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return true;
  const gap = (next.index - last.index - 1) * blockBytes;
  const length = (next.index + 1 - first.index) * blockBytes;
  return gap <= randomAccessLimits.gapBytes && length <= randomAccessLimits.rangeBytes;
}

function inOwnWords(error: unknown): unknown {
  if (!isStorageError(error, "PreconditionFailed")) return error;
  const { key } = error;
  const message = `${operation}: ${key ?? "the object"} was replaced since it was opened.`;
  return restateError(error, { message, operation, remedy: "Open it again and read anew." });
}
