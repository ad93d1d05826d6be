import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { watchLimits } from "../../core/archive-limits.ts";
import type { ListedObject } from "../../core/object-store.ts";

const markBytes = 8;

/** An object as a snapshot remembers it. */
export interface SnapshotEntry {
  readonly key: string;
  /** Another one for each write of the key. */
  readonly mark: string;
}

/** What tells this object from the next one under its key; also one of the same bytes. */
export function markOf({ etag, sizeBytes, lastModified }: ListedObject): string {
  const facts = `${etag}\n${sizeBytes}\n${lastModified.getTime()}`;
  return createHash("md5").update(facts).digest().toString("latin1", 0, markBytes);
}

/** Collects entries in the order of their keys; some 10 bytes for each are kept. */
export class SnapshotWriter {
  readonly #chunks: Buffer[] = [];
  #open: Buffer[] = [];
  #openBytes = 0;

  add({ key, mark }: SnapshotEntry): void {
    const name = Buffer.from(key);
    const entry = Buffer.allocUnsafe(2 + name.length + markBytes);
    entry.writeUInt16LE(name.length, 0);
    entry.set(name, 2);
    entry.write(mark, 2 + name.length, "latin1");
    this.#open.push(entry);
    this.#openBytes += entry.length;
    if (this.#openBytes >= watchLimits.chunkBytes) this.#seal();
  }

  /** All until now; those that were given before stay as they are. */
  chunks(): readonly Buffer[] {
    if (this.#openBytes > 0) this.#seal();
    return [...this.#chunks];
  }

  #seal(): void {
    this.#chunks.push(deflateRawSync(Buffer.concat(this.#open)));
    this.#open = [];
    this.#openBytes = 0;
  }
}

/** Throws RangeError of what no writer made. */
export function* entriesOf(chunks: readonly Buffer[]): Generator<SnapshotEntry, void> {
  for (const chunk of chunks) {
    const most = watchLimits.chunkBytes + 2 ** 16;
    const bytes = inflateRawSync(chunk, { maxOutputLength: most });
    for (let at = 0; at < bytes.length;) {
      const end = at + 2 + bytes.readUInt16LE(at);
      if (end + markBytes > bytes.length) throw new RangeError("an entry is cut off");
      const key = bytes.toString("utf8", at + 2, end);
      at = end + markBytes;
      yield { key, mark: bytes.toString("latin1", end, at) };
    }
  }
}
