import type { UploadOptions } from "../transfer-options.ts";

/** What the objects of an unpacked archive have in common. */
export interface UnpackedObjectOptions extends Pick<
  UploadOptions,
  "ifAbsent" | "replace" | "sse" | "storageClass" | "tags"
> {
  /** Keeps the members' times of change as the metadata `mtime`, as uploads of files do. Default false. */
  readonly keepModifiedTime?: boolean;
}
