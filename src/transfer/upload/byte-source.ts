import type { UploadBody } from "../../core/object-store.ts";

/** What tells whether a file is still the one that it was; times in nanoseconds since 1970. */
export interface SourceIdentity {
  readonly sizeBytes: number;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  readonly inode: string;
}

/** Bytes to upload, readable in parts and in any order. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Where a later run would find the same bytes; undefined: nowhere. */
  readonly origin?: { readonly path: string; readonly identity: SourceIdentity };
  /** Bytes from `offset` on; `release` lets their buffer be used again. */
  part(offset: number, lengthBytes: number): Promise<SourcePart>;
  /** Throws Conflict when the source is no longer what it was at the start. */
  assertUnchanged(): Promise<void>;
}

/** Some bytes of a source, until they are released. */
export interface SourcePart {
  readonly body: UploadBody;
  release(): void;
}

/** Bytes that are in memory already. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    part: (offset, lengthBytes) =>
      Promise.resolve({ body: bytes.subarray(offset, offset + lengthBytes), release() {} }),
    assertUnchanged: () => Promise.resolve(),
  };
}

/** Bytes of a Blob, which may be a file's, read as they are sent and not before. */
export function blobSource(blob: Blob): ByteSource {
  return {
    sizeBytes: blob.size,
    part: (offset, lengthBytes) => {
      const piece = blob.slice(offset, offset + lengthBytes);
      const open = (): AsyncIterable<Uint8Array> => chunksOf(piece);
      return Promise.resolve({ body: { lengthBytes, open }, release() {} });
    },
    assertUnchanged: () => Promise.resolve(),
  };
}

async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array, void> {
  const reader = blob.stream().getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
  } finally {
    await reader.cancel();
  }
}
