import type { PutResult } from "../core/object-store.ts";

/** What an upload or a copy has stored. */
export interface WrittenObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** The store's own answer. */
  readonly put: PutResult;
}
