import type { BlobFiles, BlobId } from "./blob-files.ts";
import { asBuffer, blobKey, everything } from "./index-keys.ts";
import type { Tables } from "./tables.ts";

/** Files whose deletion is committed but may not have been carried out. */
export function pendingGarbage(tables: Tables): BlobId[] {
  return [...tables.garbage.range(everything)].map((entry) => asBuffer(entry.key).toString("hex"));
}

/** Files that were finished but never became part of an object, or whose row is lost. */
export async function findOrphans(tables: Tables, files: BlobFiles): Promise<BlobId[]> {
  const known = (id: BlobId): boolean =>
    tables.blobs.has(blobKey(id)) || tables.garbage.has(blobKey(id));
  return (await files.ids()).filter((id) => !known(id));
}
