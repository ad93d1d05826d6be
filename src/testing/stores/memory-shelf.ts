import { compareKeys } from "../../core/object-key.ts";
import type { UploadAddress } from "../../core/object-store.ts";
import {
  keysFrom,
  type KeptBytes,
  type KeptPart,
  type KeptUpload,
  type KeptVersion,
  type Place,
  type Shelf,
} from "./shelf.ts";

/** Objects in memory. */
export class MemoryShelf implements Shelf {
  readonly #versions = new Map<string, readonly KeptVersion[]>();
  readonly uploads = new MemoryUploads();
  /** Undefined: keys came or went since. */
  #ordered: readonly string[] | undefined;

  keys(place: Place): AsyncIterable<string> {
    this.#ordered ??= [...this.#versions.keys()].sort(compareKeys);
    return keysFrom(this.#ordered, place);
  }

  read(key: string): Promise<readonly KeptVersion[]> {
    return Promise.resolve(this.#versions.get(key) ?? []);
  }

  async keep(bytes: AsyncIterable<Uint8Array>): Promise<KeptBytes> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return inMemory(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
  }

  write(key: string, versions: readonly KeptVersion[]): Promise<boolean> {
    if (versions.length === 0) this.#versions.delete(key);
    if (versions.length === 0 || !this.#versions.has(key)) this.#ordered = undefined;
    if (versions.length > 0) this.#versions.set(key, versions);
    return Promise.resolve(true);
  }
}

function inMemory(bytes: Uint8Array): KeptBytes {
  return {
    sizeBytes: bytes.length,
    async *open(range = { first: 0, last: bytes.length - 1 }) {
      // Copied: a reader may write into what it got.
      const part = bytes.slice(range.first, range.last + 1);
      if (part.length > 0) yield part;
    },
    discard: () => Promise.resolve(),
  };
}

class MemoryUploads {
  readonly #uploads = new Map<string, KeptUpload>();
  readonly #parts = new Map<string, Map<number, KeptPart>>();

  begin(upload: KeptUpload): Promise<void> {
    this.#uploads.set(upload.uploadId, upload);
    this.#parts.set(upload.uploadId, new Map());
    return Promise.resolve();
  }

  all(): Promise<readonly KeptUpload[]> {
    return Promise.resolve([...this.#uploads.values()]);
  }

  find({ uploadId, key }: UploadAddress): Promise<KeptUpload | undefined> {
    const upload = this.#uploads.get(uploadId);
    return Promise.resolve(upload?.key === key ? upload : undefined);
  }

  parts({ uploadId }: KeptUpload): Promise<readonly KeptPart[]> {
    const parts = [...(this.#parts.get(uploadId)?.values() ?? [])];
    return Promise.resolve(parts.sort((a, b) => a.partNumber - b.partNumber));
  }

  putPart({ uploadId }: KeptUpload, part: KeptPart): Promise<void> {
    this.#parts.get(uploadId)?.set(part.partNumber, part);
    return Promise.resolve();
  }

  end({ uploadId }: KeptUpload): Promise<void> {
    this.#uploads.delete(uploadId);
    this.#parts.delete(uploadId);
    return Promise.resolve();
  }
}
