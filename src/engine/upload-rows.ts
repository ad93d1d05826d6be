import type { WriteContext } from "./group-commit.ts";
import { keyRange } from "./index-keys.ts";
import type { KeyAddress } from "./version-store.ts";

/** So that a conditional completion can tell that the object vanished while the upload was open. */
export function markUploadsOfDeletedKey(context: WriteContext, address: KeyAddress): void {
  const { uploads } = context.tables;
  for (const entry of Array.from(uploads.range(keyRange(address.bucketId, address.key)))) {
    uploads.put(entry.key, { ...entry.row, deleted: 1 });
  }
}
