import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";

const deflate = promisify(deflateRaw);

/** A ZIP member that is ready to be written. */
export interface PackedBytes {
  readonly crc32: number;
  /** `deflate` only where it makes the bytes fewer. */
  readonly method: "store" | "deflate";
  readonly bytes: Uint8Array;
}

/** Compresses a small member on a thread of its own. `level`: 0 to 9. */
export async function packBytes(bytes: Uint8Array, level: number): Promise<PackedBytes> {
  const stored = { crc32: crc32(bytes), method: "store", bytes } as const;
  if (level === 0 || bytes.length === 0) return stored;
  const packed = await deflate(bytes, { level });
  return packed.length < bytes.length ? { ...stored, method: "deflate", bytes: packed } : stored;
}
