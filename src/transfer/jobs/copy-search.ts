import type { Buckets } from "../buckets.ts";
import type { CaseConflicts } from "../local/download-folder.ts";
import type { LinkPolicy } from "../local/local-files.ts";
import type { Selection } from "../selection/selection.ts";
import type { Place } from "./copy-job.ts";

/** Where to look. */
export interface SourceSearch {
  /** At least one. */
  readonly sources: readonly Place[];
  /** All that is below a folder or prefix. */
  readonly recursive: boolean;
  /** Whether `*`, `?` and `[...]` in keys of sources are wildcards. */
  readonly patterns: boolean;
  /** What of it is meant: by the path below the source, of a single file or object by its name. */
  readonly selection: Selection;
  /**
   * What of the one source is meant, in place of all that is there: whole keys, or paths below a
   * folder.
   */
  readonly list?: AsyncIterable<string>;
  /** Of links among local files. */
  readonly links: LinkPolicy;
  /** Of the one object that is the source. Default: the current one. */
  readonly versionId?: string;
  readonly buckets: Buckets;
  /** Of sources on another store. Default: `buckets`. */
  readonly sourceBuckets?: Buckets;
  readonly signal: AbortSignal;
}

/** Where to look for what is to be copied, and where it goes: to S3, or from there to a local place. */
export interface CopySearch extends SourceSearch {
  readonly target: Place;
  readonly caseConflicts: CaseConflicts;
  /** Whether headers, tags or encryption are to be others, so that a copy onto itself has a sense. */
  readonly changesObjects: boolean;
  /** Deletes each source once its copy is seen to be whole. */
  readonly move: boolean;
}
