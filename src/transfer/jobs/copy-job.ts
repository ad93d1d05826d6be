import type { S3Uri } from "../../core/object-key.ts";

/** One object to copy, in one of three directions. */
export type CopyJob =
  | { readonly kind: "upload"; readonly file: string; readonly to: S3Uri }
  | { readonly kind: "download"; readonly from: S3Uri; readonly file: string }
  | { readonly kind: "copy"; readonly from: S3Uri; readonly to: S3Uri };

/** What could not become a job, such as a socket or a key that no file can have. */
export interface SkippedItem {
  readonly kind: "skipped";
  /** A local path, or an object. */
  readonly source: string | S3Uri;
  readonly reason: string;
}
