import { transferLimits } from "../../core/limits.ts";
import type { CopyJob } from "./copy-job.ts";
import { copyOne, sizeOf, type CopyOneOptions } from "./copy-one.ts";
import type { CopySearch } from "./copy-search.ts";
import { findJobs } from "./find-jobs.ts";
import { isNewer } from "./is-newer.ts";
import { readAhead } from "./read-ahead.ts";
import { identifyFile, removeSource } from "./remove-source.ts";
import { runJobs } from "./run-jobs.ts";
import type { TransferEvent } from "./transfer-event.ts";

/** What to copy, and how. */
export interface CopyRequest
  extends CopySearch, Omit<CopyOneOptions, "buckets" | "sourceBuckets" | "signal"> {
  /** Finds what there is to do and looks at it, but copies nothing. */
  readonly dryRun: boolean;
  /** Only what was changed after its target. */
  readonly ifNewer: boolean;
}

/** What became of all jobs. */
export interface CopyTotals {
  readonly copied: number;
  readonly bytes: number;
  /** Left alone, since the target is as new as its source. */
  readonly kept: number;
  readonly skipped: number;
  readonly failed: number;
}

/**
 * Copies or moves files and objects, or all that is below folders and prefixes, and tells what
 * happens. A failed object does not stop the others. Throws StorageError when the jobs cannot be
 * found.
 */
export async function runCopy(
  request: CopyRequest,
  tell: (event: TransferEvent) => void | Promise<void>,
): Promise<CopyTotals> {
  const { dryRun, ifNewer, signal } = request;
  const totals = { copied: 0, bytes: 0, kept: 0, skipped: 0, failed: 0 };
  const run = async (job: CopyJob): Promise<void> => {
    try {
      await tell({ kind: "begun", job });
      if (ifNewer && !(await isNewer(job, request))) {
        totals.kept += 1;
        await tell({ kind: "kept", job });
        return;
      }
      const sizeBytes = dryRun ? await sizeOf(job, request) : await perform(job, request, tell);
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
      if (found.kind !== "skipped" && found.kind !== "note") {
        const sizeBytes = found.kind === "upload" ? undefined : found.listed?.sizeBytes;
        await tell({ kind: "found", ...(sizeBytes !== undefined && { sizeBytes }) });
        yield found;
        continue;
      }
      if (found.kind === "skipped") totals.skipped += 1;
      await tell(found);
    }
    await tell({ kind: "all-found" });
  };
  await runJobs(readAhead(jobs(), transferLimits.jobsAhead, isLarge), run, signal);
  return totals;
}

/** What takes long is begun early, so that it is not left alone at the end. */
function isLarge(job: CopyJob): boolean {
  const sizeBytes = job.kind === "upload" ? undefined : job.listed?.sizeBytes;
  return sizeBytes !== undefined && sizeBytes >= transferLimits.rangesFromBytes;
}

/** Answers the bytes. */
async function perform(
  job: CopyJob,
  request: CopyRequest,
  tell: (event: TransferEvent) => void | Promise<void>,
): Promise<number> {
  const isFileMove = request.move && job.kind === "upload";
  const before = isFileMove ? await identifyFile(job.file) : undefined;
  const copied = await copyOne(job, request, {
    onProgress: (news) => void tell({ kind: "progress", job, news }),
    onNotice: (notice) => void tell({ kind: "notice", job, notice }),
  });
  if (request.move) await removeSource(job, copied, { ...request, before });
  return copied.sizeBytes;
}
