import type { ListUploadsPage } from "../core/multipart-options.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { textOption, type OptionValues } from "./option-values.ts";
import { parseTime } from "./parse-time.ts";

export type FoundUpload = ListUploadsPage["uploads"][number];

/** `--older-than`; undefined when it was not given. */
export function beganBefore(options: OptionValues): Date | undefined {
  const text = textOption(options, "olderThan");
  return text === undefined ? undefined : parseTime(text, "--older-than", new Date());
}

/** The uploads under a prefix that began before a moment, a page at a time. */
export async function* foundUploads(
  store: ObjectStore,
  prefix: string,
  { before, signal }: { readonly before: Date | undefined; readonly signal: AbortSignal },
): AsyncGenerator<readonly FoundUpload[], void> {
  const { uploadPages } = await import("../transfer/objects/upload-pages.ts");
  for await (const { uploads } of uploadPages(store, prefix, { signal })) {
    yield before === undefined ? uploads : uploads.filter(({ initiated }) => initiated < before);
  }
}
