import type { ListedVersion, ObjectHead, PutResult } from "../../core/object-store.ts";
import { copyAnySize } from "../copy/copy-any-size.ts";
import { keptEncryption } from "../copy/object-changes.ts";
import { explainedHead } from "../objects/explained-head.ts";
import { inScope } from "../operation-scope.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { Progress } from "../transfer-options.ts";
import { objectHeaders } from "../upload/object-headers.ts";

/** What came of putting a version on top. */
export type RestoredVersion =
  | { readonly kind: "restored"; readonly put: PutResult }
  /** The current version has the same bytes, headers and metadata. */
  | { readonly kind: "unchanged" };

interface RestoreCall {
  readonly signal: AbortSignal;
  /** Told of bytes that were copied. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Puts an older version of an object on top, as a copy on the store's side with its headers,
 * metadata, tags, storage class and kind of encryption. Nothing is deleted: the version itself and
 * all above it stay, so that a restore can be taken back by another.
 */
export async function restoreVersion(
  context: TransferContext,
  version: ListedVersion,
  current: ListedVersion,
  { signal, onProgress }: RestoreCall,
): Promise<RestoredVersion> {
  const { store } = context;
  const { key, versionId } = version;
  return inScope("restore", { signal }, async (scope) => {
    const call = { signal: scope.signal };
    const head = await explainedHead(store, key, { versionId, ...call });
    if (mayBeSame(version, current)) {
      const now = await explainedHead(store, key, call);
      if (now.versionId === current.versionId && canonical(now) === canonical(head)) {
        return { kind: "unchanged" };
      }
    }
    const encryption = keptEncryption(head);
    const put = await copyAnySize(context, {
      from: key,
      to: key,
      head,
      versionId,
      scope,
      encryption,
      onProgress,
    });
    return { kind: "restored", put };
  });
}

function mayBeSame(version: ListedVersion, current: ListedVersion): boolean {
  const isObject = !current.isDeleteMarker && current.etag !== undefined;
  return isObject && current.etag === version.etag && current.sizeBytes === version.sizeBytes;
}

/** All that a restore keeps, but for tags: of those a HEAD tells the number. */
function canonical(head: ObjectHead): string {
  const { metadata = {}, ...headers } = objectHeaders(head);
  const { etag, sizeBytes, tagCount = 0 } = head;
  return JSON.stringify([etag, sizeBytes, tagCount, sorted(headers), sorted(metadata)]);
}

function sorted(values: object): [string, unknown][] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
}
