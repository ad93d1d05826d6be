import type { WriteContext } from "./group-commit.ts";
import { keyRange } from "./index-keys.ts";
import { decodeRow, encodeRow } from "./row-codec.ts";
import type { UploadRow } from "./rows.ts";
import type { KeyAddress } from "./version-store.ts";

/** So that a conditional completion can tell that the object vanished while the upload was open. */
export function markUploadsOfDeletedKey(context: WriteContext, address: KeyAddress): void {
  const { uploads } = context.tables;
  for (const entry of Array.from(uploads.range(keyRange(address.bucketId, address.key)))) {
    const row = decodeRow(entry.value, "an upload") as UploadRow;
    uploads.put(entry.key, encodeRow({ ...row, deleted: 1 }));
  }
}
