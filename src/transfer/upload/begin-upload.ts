import { transferLimits } from "../../core/limits.ts";
import type { CreateUploadOptions } from "../../core/multipart-options.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { onAbort } from "../../core/on-abort.ts";

/**
 * CreateMultipartUpload that a stop does not cut off at once: the store may have made the upload
 * already, and one whose id never arrived can be aborted by nobody. After the stop the answer is
 * waited for up to `transferLimits.createWaitMs`; the caller's next call then sees the stop.
 */
export async function beginUpload(
  store: ObjectStore,
  key: string,
  options: CreateUploadOptions & { readonly signal: AbortSignal },
): Promise<string> {
  const { signal } = options;
  if (signal.aborted) return store.createMultipartUpload(key, options);
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const release = onAbort(signal, () => {
    timer = setTimeout(() => late.abort(signal.reason), transferLimits.createWaitMs);
  });
  try {
    return await store.createMultipartUpload(key, { ...options, signal: late.signal });
  } finally {
    clearTimeout(timer);
    release();
  }
}
