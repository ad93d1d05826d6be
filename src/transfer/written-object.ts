import type { PutResult } from "../core/object-store.ts";

/** What an upload or a copy has stored. */
export interface WrittenObject extends PutResult {
  readonly key: string;
  readonly sizeBytes: number;
}
