import { isStorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";

/** A job that did not succeed. */
export interface JobFailure<Job> {
  readonly job: Job;
  readonly error: unknown;
}

const hopeless = [
  "Unauthenticated",
  "Unavailable",
  "ConfigurationError",
  "Aborted",
  "QuotaExceeded",
] as const;

/**
 * Runs jobs as they are found, several at a time. A failed one does not stop the others, unless all
 * others must fail as well: then no more are begun, nor after an abort. Those under way are always
 * waited for.
 */
export async function runJobs<Job>(
  jobs: AsyncIterable<Job>,
  run: (job: Job) => Promise<void>,
  signal: AbortSignal,
): Promise<JobFailure<Job>[]> {
  const failures: JobFailure<Job>[] = [];
  const running = new Set<Promise<void>>();
  try {
    for await (const job of jobs) {
      if (signal.aborted) break;
      const task: Promise<void> = run(job)
        .catch((error: unknown) => void failures.push({ job, error }))
        .finally(() => running.delete(task));
      running.add(task);
      if (running.size >= transferLimits.jobsInFlight) await Promise.race(running);
      if (failures.some(({ error }) => isHopeless(error))) break;
    }
  } finally {
    await Promise.all(running);
  }
  return failures;
}

/** Wrong keys, a store out of reach, a missing bucket, a full disk: the next object would fare no better. */
function isHopeless(error: unknown): boolean {
  if (isStorageError(error) && error.s3Code === "NoSuchBucket") return true;
  if (isReadOnly(error)) return true;
  return isStorageError(error, ...hopeless);
}

/** True only for a whole file system that is read-only, not for a single file. */
function isReadOnly(error: unknown): boolean {
  if (!isStorageError(error)) return false;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && cause.code === "EROFS";
}
