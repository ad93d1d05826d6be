import { isStorageError, StorageError } from "../core/errors.ts";
import { transferLimits } from "../core/limits.ts";
import { formatS3Uri, type S3Uri } from "../core/object-key.ts";
import { isReadOnlyRefusal } from "../core/read-only-access.ts";
import type { CopyJob } from "../transfer/jobs/copy-job.ts";
import type { SyncEvent, SyncTotals } from "../transfer/sync/sync-event.ts";
import type { DirectoryOptions, DirectoryProblem, DirectoryResult } from "./directory-types.ts";

/** Hears what happens to a directory, tells its progress, and makes a result of it or an error. */
export class DirectoryReport {
  readonly #operation: string;
  readonly #options: DirectoryOptions;
  readonly #problems: DirectoryProblem[] = [];
  readonly #underWay = new Map<CopyJob, number>();
  #doneFiles = 0;
  #doneBytes = 0;
  #found = 0;
  #isAllFound = false;
  #firstError: StorageError | undefined;

  constructor(operation: string, options: DirectoryOptions) {
    this.#operation = operation;
    this.#options = options;
  }

  readonly tell = (event: SyncEvent): void => {
    const problem = problemOf(event);
    if (problem !== undefined) return this.#keep(problem);
    const { kind } = event;
    if (kind === "found") this.#found += 1;
    else if (kind === "all-found") this.#isAllFound = true;
    else if (kind === "unchanged") this.#finish(undefined, 0);
    else if (kind === "kept") this.#finish(event.job, 0);
    else if (kind === "done") this.#finish(event.job, event.sizeBytes);
    else if (kind === "progress") {
      this.#underWay.set(event.job, event.news.doneBytes);
      this.#progress();
    }
  };

  /** Throws what failed first, in the words of the whole, unless it is to be reported only. */
  end(totals: SyncTotals): DirectoryResult {
    // Nothing was done, nor will it ever be.
    if (isReadOnlyRefusal(this.#firstError)) throw this.#firstError;
    const { failed, skipped, notDeleted } = totals;
    const complete = failed + skipped + notDeleted === 0;
    const result = { complete, ...totals, problems: this.#problems };
    if (complete || this.#options.onFailure === "report") return result;
    throw this.#incomplete(result);
  }

  #finish(job: CopyJob | undefined, sizeBytes: number): void {
    if (job !== undefined) this.#underWay.delete(job);
    this.#doneFiles += 1;
    this.#doneBytes += sizeBytes;
    this.#progress();
  }

  #progress(): void {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return;
    let doneBytes = this.#doneBytes;
    for (const bytes of this.#underWay.values()) doneBytes += bytes;
    const total = this.#isAllFound && { totalFiles: this.#found };
    onProgress({ doneFiles: this.#doneFiles, doneBytes, ...total });
  }

  #keep({ job, kind, place, why }: ToldProblem): void {
    if (job !== undefined) this.#underWay.delete(job);
    const error = isStorageError(why) ? why : undefined;
    this.#firstError ??= error;
    if (this.#problems.length >= transferLimits.heldReports) return;
    const reason = why instanceof Error ? why.message : String(why);
    this.#problems.push({ kind, place, reason, ...(error !== undefined && { error }) });
  }

  #incomplete({ copied, failed, skipped, notDeleted }: DirectoryResult): StorageError {
    const counts = [
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(skipped > 0 ? [`${skipped} can have no place there`] : []),
      ...(notDeleted > 0 ? [`${notDeleted} were not deleted`] : []),
    ];
    const [first] = this.#problems;
    const example = first === undefined ? "" : ` First ${first.place}: ${first.reason}`;
    const message = `${this.#operation}: ${copied} files were copied, but ${counts.join(", ")}.${example}`;
    const cause = this.#firstError;
    return new StorageError(cause?.code ?? "InvalidArgument", message, {
      operation: this.#operation,
      retryable: cause?.retryable ?? false,
      outcome: "applied",
      remedy:
        failed + skipped > 0
          ? 'Mend it and call again; or take what there is with onFailure: "report" and read problems.'
          : "Look at what only the target has; then raise maxDelete.",
      ...(cause !== undefined && { cause }),
    });
  }
}

interface ToldProblem extends Pick<DirectoryProblem, "kind" | "place"> {
  readonly job?: CopyJob;
  readonly why: unknown;
}

function problemOf(event: SyncEvent): ToldProblem | undefined {
  const { kind } = event;
  if (kind === "failed") {
    const { job, error } = event;
    const place = job.kind === "upload" ? job.file : formatS3Uri(job.from);
    return { kind, place, why: error, job };
  }
  if (kind === "not-deleted") return { kind, place: textOf(event.place), why: event.error };
  if (kind === "skipped") return { kind, place: textOf(event.source), why: event.reason };
  return undefined;
}

function textOf(place: string | S3Uri): string {
  return typeof place === "string" ? place : formatS3Uri(place);
}
