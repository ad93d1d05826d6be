import type { BlobFiles, BlobId } from "./blob-files.ts";
import type { EngineStatus } from "./engine.ts";
import { asBuffer, blobKey, EVERYTHING } from "./index-keys.ts";
import type { Tables } from "./tables.ts";

export interface Recovered {
  readonly figures: EngineStatus["recovered"];
  /** Files to unlink. */
  readonly garbage: readonly BlobId[];
}

/** Files whose deletion is committed but may not have been carried out. */
export function pendingGarbage(tables: Tables): BlobId[] {
  return [...tables.garbage.range(EVERYTHING)].map((entry) => asBuffer(entry.key).toString("hex"));
}

/**
 * After a crash: removes files that were being written and finds files that were finished but never
 * became part of an object. LMDB needs no repair of its own.
 */
export async function recoverFiles(tables: Tables, files: BlobFiles): Promise<Recovered> {
  const unfinishedFiles = await files.removeUnfinished();
  const known = (id: BlobId): boolean =>
    tables.blobs.has(blobKey(id)) || tables.garbage.has(blobKey(id));
  const orphans = (await files.ids()).filter((id) => !known(id));
  return {
    figures: { orphanedFiles: orphans.length, unfinishedFiles },
    garbage: orphans,
  };
}
