import type { Place } from "../jobs/copy-job.ts";
import type { CopyOneOptions } from "../jobs/copy-one.ts";
import type { CaseConflicts } from "../local/download-folder.ts";
import type { LinkPolicy } from "../local/local-files.ts";
import type { Selection } from "../selection/selection.ts";
import type { Comparison } from "./compare-items.ts";

/** Two trees. */
export interface SyncPlaces extends Pick<CopyOneOptions, "buckets" | "sourceBuckets" | "signal"> {
  /** A folder or prefix; one of the two at least is in S3. */
  readonly source: Place;
  readonly target: Place;
  /** What of both trees is meant; the rest is neither copied nor deleted. */
  readonly selection: Selection;
  /** Of links among local files. */
  readonly links: LinkPolicy;
}

/** Where it is kept what was seen to be the same. */
export interface SyncMemory {
  readonly folder: string;
  /** Names the stores of source and target, such as their endpoints. */
  readonly sourceName: string;
  readonly targetName: string;
}

/** How to make one tree like another one. */
export interface SyncRequest extends SyncPlaces, Pick<CopyOneOptions, "stored"> {
  readonly comparison: Comparison;
  /** Undefined: nothing is remembered. */
  readonly memory: SyncMemory | undefined;
  readonly caseConflicts: CaseConflicts;
  readonly dryRun: boolean;
  /** Whether what only the target has is deleted. */
  readonly deletes: boolean;
  /** Whether the source may be empty all the same. */
  readonly emptySource: boolean;
  /**
   * Asked once, when all is copied and before anything is deleted: whether so many may be, of so many
   * that the target has.
   */
  readonly mayDelete: (count: number, of: number) => Promise<boolean>;
}
