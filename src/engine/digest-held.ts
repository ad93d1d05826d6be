import type { ChecksumAlgorithm } from "../core/checksum.ts";
import type { BlobFiles } from "./blob-files.ts";
import type { HeldContent, Piece } from "./content-store.ts";
import { ContentIterator } from "./read-content.ts";
import { DigestRun, type Digests } from "./staging.ts";

/** Digests of held bytes, in one pass; they stay held. */
export async function digestHeld(
  files: BlobFiles,
  held: HeldContent,
  algorithms: readonly ChecksumAlgorithm[],
): Promise<Digests> {
  const run = new DigestRun(algorithms, sizeOf(held.pieces));
  const unowned = { ...held, release: () => undefined };
  try {
    for await (const chunk of new ContentIterator(files, unowned)) await run.update(chunk);
    return run.end();
  } finally {
    run.close();
  }
}

/** Of all of them together, in bytes. */
function sizeOf(pieces: readonly Piece[]): number {
  const sizes = pieces.map((piece) => (piece.kind === "bytes" ? piece.bytes.length : piece.length));
  return sizes.reduce((sum, size) => sum + size, 0);
}
