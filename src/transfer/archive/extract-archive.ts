import type { CallOptions } from "../../core/object-store.ts";
import { inScope } from "../operation-scope.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { UnpackResult } from "./extract-options.ts";
import { type ArchiveSource, openEntries } from "./open-entries.ts";
import { unpack, type UnpackWishes } from "./unpack.ts";
import type { UnpackTarget } from "./unpack-target.ts";

/** Unpacks an archive. `context`: of the bucket that it lies in, or that lends its temporary files. */
export async function extractArchive(
  context: TransferContext,
  source: ArchiveSource,
  target: UnpackTarget,
  options: Omit<UnpackWishes, "signal"> & CallOptions = {},
): Promise<UnpackResult> {
  return inScope("extractArchive", options, async ({ signal }) => {
    const archive = await openEntries(context, source, { ...options, signal });
    try {
      return await unpack(archive, target, { ...options, signal });
    } finally {
      await archive.close();
    }
  });
}
