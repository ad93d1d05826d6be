import type { ArchiveStream } from "../transfer/archive/archive-stream.ts";
import { openArchive } from "../transfer/archive/open-archive.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { StreamArchiveOptions } from "./archive-types.ts";
import { toListingItem, toPrefix } from "./listing.ts";

export async function streamArchive(
  context: TransferContext,
  path: string,
  { filter, ...options }: StreamArchiveOptions = {},
): Promise<ArchiveStream> {
  return openArchive(context, toPrefix(context, path, {}), {
    ...options,
    ...(filter !== undefined && { accepts: (object) => filter(toListingItem(object)) }),
  });
}
