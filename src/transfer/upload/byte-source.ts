import type { UploadBody } from "../../core/object-store.ts";

/** Bytes to upload, readable in parts and in any order. */
export interface ByteSource {
  readonly sizeBytes: number;
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
