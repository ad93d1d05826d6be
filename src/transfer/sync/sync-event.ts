import type { S3Uri } from "../../core/object-key.ts";
import type { TransferEvent } from "../jobs/transfer-event.ts";

/** What happens while one tree is made like another one, in the order in which it happens. */
export type SyncEvent =
  | TransferEvent
  /** Found to be there already; `by` what tells it, of which `time` is a guess. */
  | { readonly kind: "unchanged"; readonly path: string; readonly by: string }
  | { readonly kind: "deleted"; readonly place: string | S3Uri }
  | { readonly kind: "not-deleted"; readonly place: string | S3Uri; readonly error: unknown };

/** What became of all that was found. */
export interface SyncTotals {
  readonly copied: number;
  readonly bytes: number;
  readonly unchanged: number;
  readonly deleted: number;
  /** Would have been deleted, but must not be. */
  readonly notDeleted: number;
  readonly skipped: number;
  readonly failed: number;
}
