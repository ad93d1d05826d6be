import { serverLimits } from "../core/limits.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { BlobFiles, BlobId } from "./blob-files.ts";
import type { HeldContent } from "./content-store.ts";
import { diskError } from "./disk-errors.ts";

/** Throws S3Error InternalError when a file of the content is missing or too short. */
export async function assertFiles(files: BlobFiles, held: HeldContent): Promise<void> {
  const needed = new Map<BlobId, number>();
  for (const piece of held.pieces) {
    if (piece.kind !== "file") continue;
    const end = piece.offset + piece.length;
    needed.set(piece.id, Math.max(needed.get(piece.id) ?? 0, end));
  }
  if (needed.size === 0) return;
  const queue = needed.entries();
  const look = async (): Promise<void> => {
    for (const [id, bytes] of queue) await assertFile(files, id, bytes);
  };
  await Promise.all(Array.from({ length: serverLimits.looksInFlight }, look));
}

async function assertFile(files: BlobFiles, id: BlobId, bytes: number): Promise<void> {
  let size: number;
  try {
    size = await files.sizeOf(id);
  } catch (error) {
    throw diskError(`looking for the file ${id} of an object`, error);
  }
  if (size >= bytes) return;
  throw new S3Error("InternalError", {
    message: `The file ${id} of an object is shorter than its record says.`,
  });
}
