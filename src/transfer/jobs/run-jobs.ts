import { isStorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { isReadOnlyRefusal } from "../../core/read-only-access.ts";

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
 * waited for. Answers the first `transferLimits.heldReports` failures; `run` hears of all of them.
 */
export async function runJobs<Job>(
  jobs: AsyncIterable<Job>,
  run: (job: Job) => Promise<void>,
  signal: AbortSignal,
): Promise<JobFailure<Job>[]> {
  const failures: JobFailure<Job>[] = [];
  const places = new Places(transferLimits.jobsAtFirst, transferLimits.jobsInFlight);
  let isInVain = false;
  const start = async (job: Job): Promise<void> => {
    try {
      await run(job);
      places.widen();
    } catch (error) {
      if (failures.length < transferLimits.heldReports) failures.push({ job, error });
      isInVain ||= isHopeless(error);
    }
    places.leave();
  };
  try {
    for await (const job of jobs) {
      if (signal.aborted) break;
      places.enter();
      void start(job);
      await places.whenOneIsFree();
      if (isInVain) break;
    }
  } finally {
    await places.whenAllAreFree();
  }
  return failures;
}

/**
 * Counts jobs under way; to race their promises would cost more than a small job. More may be so for
 * each that did its work, so that what must fail fails a few times only.
 */
class Places {
  readonly #limit: number;
  #most: number;
  #taken = 0;
  #wake: (() => void) | undefined;

  constructor(atFirst: number, limit: number) {
    this.#most = atFirst;
    this.#limit = limit;
  }

  enter(): void {
    this.#taken += 1;
  }

  leave(): void {
    this.#taken -= 1;
    this.#wake?.();
  }

  widen(): void {
    this.#most = Math.min(this.#limit, this.#most + 1);
  }

  async whenOneIsFree(): Promise<void> {
    if (this.#taken >= this.#most) await this.#oneLeaves();
  }

  async whenAllAreFree(): Promise<void> {
    while (this.#taken > 0) await this.#oneLeaves();
  }

  #oneLeaves(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

/** Wrong keys, a store out of reach or to be read only, a missing bucket, a full disk: the next object would fare no better. */
function isHopeless(error: unknown): boolean {
  if (isStorageError(error) && error.s3Code === "NoSuchBucket") return true;
  if (isReadOnlyRefusal(error) || isReadOnlyDisk(error)) return true;
  return isStorageError(error, ...hopeless);
}

/** True only for a whole file system that is read-only, not for a single file. */
function isReadOnlyDisk(error: unknown): boolean {
  if (!isStorageError(error)) return false;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && cause.code === "EROFS";
}
