import type { Durability } from "./engine.ts";

/** Facts for `sms-storage server` and health endpoints. */
export interface EngineStatus {
  readonly directory: string | undefined;
  readonly durability: Durability;
  readonly buckets: number;
  readonly readOnlyReason?: string;
  readonly recovered: { readonly orphanedFiles: number; readonly unfinishedFiles: number };
  /** Of the index, since it was opened, and the changes in them. */
  readonly transactions: number;
  readonly changes: number;
  /** Files that wait to be deleted. */
  readonly garbageFiles: number;
}
