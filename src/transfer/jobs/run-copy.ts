import type { CopyJob } from "./copy-job.ts";
import { copyOne, sizeOf, type CopyOneOptions } from "./copy-one.ts";
import { findJobs, type CopySearch } from "./find-jobs.ts";
import { runJobs } from "./run-jobs.ts";
import type { TransferEvent } from "./transfer-event.ts";

/** What to copy, and how. */
export interface CopyRequest extends CopySearch, Omit<CopyOneOptions, "buckets" | "signal"> {
  /** Finds what there is to do and looks at it, but copies nothing. */
  readonly dryRun: boolean;
}

/** What became of all jobs. */
export interface CopyTotals {
  readonly copied: number;
  readonly bytes: number;
  readonly skipped: number;
  readonly failed: number;
}

/**
 * Copies a file, an object, or all that is below a folder or prefix, and tells what happens. A failed
 * object does not stop the others. Throws StorageError when the jobs cannot be found.
 */
export async function runCopy(
  request: CopyRequest,
  tell: (event: TransferEvent) => void | Promise<void>,
): Promise<CopyTotals> {
  const { dryRun, signal } = request;
  const totals = { copied: 0, bytes: 0, skipped: 0, failed: 0 };
  const run = async (job: CopyJob): Promise<void> => {
    try {
      await tell({ kind: "begun", job });
      const sizeBytes = dryRun
        ? await sizeOf(job, request)
        : await copyOne(job, request, {
            onProgress: (news) => void tell({ kind: "progress", job, news }),
            onNotice: (notice) => void tell({ kind: "notice", job, notice }),
          });
      totals.copied += 1;
      totals.bytes += sizeBytes;
      await tell({ kind: "done", job, sizeBytes });
    } catch (error) {
      totals.failed += 1;
      await tell({ kind: "failed", job, error });
      throw error;
    }
  };
  const jobs = async function* (): AsyncIterable<CopyJob> {
    for await (const found of findJobs(request)) {
      if (found.kind !== "skipped") {
        yield found;
        continue;
      }
      totals.skipped += 1;
      await tell(found);
    }
  };
  await runJobs(jobs(), run, signal);
  return totals;
}
