import type { TransferNotice } from "../journal/transfer-notice.ts";
import type { CopyJob, SearchNote, SkippedItem } from "./copy-job.ts";

/** Bytes so far, and of how many where that is known. */
export interface TransferNews {
  readonly doneBytes: number;
  readonly totalBytes?: number;
}

/** What happens while jobs are found and run, in the order in which it happens. */
export type TransferEvent =
  | SkippedItem
  | SearchNote
  /** One more thing to do; its size where the search tells. */
  | { readonly kind: "found"; readonly sizeBytes?: number }
  | { readonly kind: "all-found" }
  | { readonly kind: "begun"; readonly job: CopyJob }
  | { readonly kind: "progress"; readonly job: CopyJob; readonly news: TransferNews }
  | { readonly kind: "notice"; readonly job: CopyJob; readonly notice: TransferNotice }
  | { readonly kind: "done"; readonly job: CopyJob; readonly sizeBytes: number }
  /** Nothing to do, since the target is as new as its source. */
  | { readonly kind: "kept"; readonly job: CopyJob }
  | { readonly kind: "failed"; readonly job: CopyJob; readonly error: unknown };
