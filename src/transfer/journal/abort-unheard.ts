import { isStorageError } from "../../core/errors.ts";
import { journalLimits } from "../../core/journal-limits.ts";
import { transferLimits } from "../../core/limits.ts";
import type { ObjectStore, UploadAddress } from "../../core/object-store.ts";
import { uploadPages } from "../objects/upload-pages.ts";
import type { TransferNotice } from "./transfer-notice.ts";

/** An upload that an earlier run asked for and whose id it did not come to write down. */
interface UnheardUpload {
  readonly store: ObjectStore;
  readonly key: string;
  readonly signal: AbortSignal;
  readonly tell: (notice: TransferNotice) => void;
}

/**
 * Aborts the upload that the store may have made for a run that ended before it heard of it. Nothing
 * names it. It is taken for the one upload of this key that was begun at that moment and has no parts:
 * where there are several of the kind, another program's may be among them, and all are left.
 */
export async function abortUnheard(request: UnheardUpload, begunAtMs: number): Promise<void> {
  const { store, tell } = request;
  try {
    const found = await uploadsOfThen(request, begunAtMs);
    const [only] = found;
    if (only === undefined) return;
    if (found.length > 1) {
      tell({ kind: "begun-anew", reason: "An upload that an earlier run began may be left." });
      return;
    }
    await store.abortMultipartUpload(only, { timeoutMs: transferLimits.abortWaitMs });
    const reason = "An upload that an earlier run began, and sent nothing to, was aborted.";
    tell({ kind: "begun-anew", reason });
  } catch (error) {
    if (!isStorageError(error, "PermissionDenied", "NotSupported", "NotFound")) throw error;
    const reason = `An upload that an earlier run began may be left: ${error.message}`;
    tell({ kind: "begun-anew", reason });
  }
}

/** Those without parts, two at most. */
async function uploadsOfThen(
  { store, key, signal }: UnheardUpload,
  begunAtMs: number,
): Promise<readonly UploadAddress[]> {
  const found: UploadAddress[] = [];
  for await (const { uploads } of uploadPages(store, key, { signal })) {
    for (const { key: itsKey, uploadId, initiated } of uploads) {
      const apartMs = Math.abs(initiated.getTime() - begunAtMs);
      if (itsKey !== key || apartMs > journalLimits.unheardWithinMs) continue;
      const { parts } = await store.listParts({ key, uploadId }, { signal });
      if (parts.length === 0) found.push({ key, uploadId });
      if (found.length > 1) return found;
    }
    // In order of keys, so that this one's come first.
    if (uploads.at(-1)?.key !== key) break;
  }
  return found;
}
