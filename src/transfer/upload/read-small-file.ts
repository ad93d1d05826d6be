import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { transferLimits } from "../../core/limits.ts";
import type { BufferPool } from "../buffer-pool.ts";

/** A file that has been read at once. Its bytes are to be given back to the pool. */
export interface SmallFile {
  readonly bytes: Buffer;
  /** Since 1970. */
  readonly mtimeNs: bigint;
}

/**
 * The bytes of a small regular file. Undefined for any other, for one that says that it is empty, and
 * whatever goes wrong: the way for large files then tells what it is.
 */
export function readSmallFile(path: string, pool: BufferPool): SmallFile | undefined {
  let descriptor: number | undefined;
  try {
    // A pipe without a writer would hold the open up for ever.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor, { bigint: true });
    const sizeBytes = Number(stats.size);
    const isSmall = sizeBytes > 0 && sizeBytes <= transferLimits.smallFileBytes;
    if (!isSmall || !stats.isFile()) return undefined;
    const bytes = pool.take(sizeBytes);
    const readBytes = readSync(descriptor, bytes, 0, sizeBytes, 0);
    if (readBytes === sizeBytes) return { bytes, mtimeNs: stats.mtimeNs };
    pool.give(bytes);
    return undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
