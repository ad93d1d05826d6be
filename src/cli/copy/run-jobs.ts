import type { CopyJob } from "./copy-job.ts";

export interface JobFailure {
  readonly job: CopyJob;
  readonly error: unknown;
}

/** Objects copied at a time. */
const jobsInFlight = 16;

/**
 * Runs jobs as they are found, several at a time. A failed one does not stop the others; when the
 * finding itself fails or the signal fires, those under way are waited for and the error is thrown.
 */
export async function runJobs(
  jobs: AsyncIterable<CopyJob>,
  run: (job: CopyJob) => Promise<void>,
  signal: AbortSignal,
): Promise<JobFailure[]> {
  const failures: JobFailure[] = [];
  const running = new Set<Promise<void>>();
  try {
    for await (const job of jobs) {
      signal.throwIfAborted();
      const task: Promise<void> = run(job)
        .catch((error: unknown) => void failures.push({ job, error }))
        .finally(() => running.delete(task));
      running.add(task);
      if (running.size >= jobsInFlight) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
  return failures;
}
