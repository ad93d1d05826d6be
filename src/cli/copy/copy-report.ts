import { isStorageError, type StorageError } from "../../core/errors.ts";
import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import { transferLimits } from "../../core/limits.ts";
import { onAbort } from "../../core/on-abort.ts";
import { restateError } from "../../core/restate-error.ts";
import type { CopyJob, Place, SkippedItem } from "../../transfer/jobs/copy-job.ts";
import type { CopyTotals } from "../../transfer/jobs/run-copy.ts";
import type { TransferNotice } from "../../transfer/journal/transfer-notice.ts";
import type { TransferEvent } from "../../transfer/jobs/transfer-event.ts";
import type { CommandContext } from "../context.ts";
import { describeError } from "../describe-error.ts";
import { exitCodeFor, exitCodes } from "../exit-codes.ts";
import { formatBytes, formatElapsed, printable } from "../format.ts";
import type { Output } from "../output.ts";
import { inWordsOfCopy } from "./in-words-of-copy.ts";
import { TransferProgress } from "./transfer-progress.ts";
import { steadyNow } from "../../core/steady-now.ts";

interface Failure {
  readonly job: CopyJob;
  readonly error: unknown;
}

interface ReportedCopy {
  readonly dryRun: boolean;
  readonly move: boolean;
  /** Whether it looks for objects, so that there is a summary. */
  readonly isMany: boolean;
  readonly sources: readonly Place[];
}

/** Prints what a copy tells: objects as they are done, what was skipped or failed at the end. */
export class CopyReport {
  readonly #output: Output;
  readonly #copy: ReportedCopy;
  readonly #progress: TransferProgress;
  readonly #skips: SkippedItem[] = [];
  readonly #failures: Failure[] = [];
  #firstError: unknown;
  /** What is left to do then cannot be done before somebody signs in again. */
  #endedSession: unknown;
  readonly #begunAt = steadyNow();

  constructor({ output, runtime, keys }: CommandContext, copy: ReportedCopy) {
    this.#output = output;
    this.#copy = copy;
    this.#progress = new TransferProgress(output, Date.now, keys);
    onAbort(runtime.signal, () => {
      if (output.isWatched) output.note("Stopping in good order; Ctrl-C again leaves at once.");
    });
  }

  readonly tell = async (event: TransferEvent): Promise<void> => {
    if (event.kind === "skipped") {
      this.#skips.push(event);
      await this.#tellIfMany();
      return;
    }
    if (event.kind === "note") {
      this.#output.warn(event.message);
      return;
    }
    if (event.kind === "notice") {
      this.#tellNotice(event.job, event.notice);
      return;
    }
    this.#progress.tell(event);
    if (event.kind === "failed") {
      await this.#noteFailure({ job: event.job, error: inWordsOfCopy(event.error) });
    } else if (event.kind === "done") {
      const { job, sizeBytes: bytes } = event;
      const { dryRun, move } = this.#copy;
      const text = `${dryRun ? "(dry run) " : ""}${this.#describe(job)}`;
      await this.#output.result({ type: move ? "move" : "copy", ...recordOf(job), bytes }, text);
    } else if (event.kind === "kept" && !this.#copy.isMany) {
      this.#output.note(`${this.#describe(event.job)}: the target is as new, nothing was done.`);
    }
  };

  async #noteFailure(failure: Failure): Promise<void> {
    const { error } = failure;
    this.#firstError ??= error;
    if (isStorageError(error, "Unauthenticated")) this.#endedSession ??= error;
    this.#failures.push(failure);
    await this.#tellIfMany();
  }

  #describe(job: CopyJob): string {
    return describe(job, this.#copy.move);
  }

  #tellNotice(job: CopyJob, notice: TransferNotice): void {
    if (notice.kind === "begun-anew") {
      this.#output.warn(`${this.#describe(job)}: ${notice.reason}`);
      return;
    }
    const { doneBytes, totalBytes } = notice;
    const share = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
    this.#output.note(`${this.#describe(job)}: going on after ${share} of an earlier run.`);
  }

  /** What to throw once a copy was stopped: it says what a later run can go on with. */
  stopped(reason: unknown): unknown {
    const kept = this.#failures.map(({ error }) => error).filter(isResumable);
    const [first] = kept;
    if (first === undefined || !this.#copy.isMany) return first ?? reason;
    const what = kept.length === 1 ? "1 large one goes" : `${kept.length} large ones go`;
    return restateError(first, {
      remedy: `Run it again. What was finished stays, and ${what} on where it was cut short.`,
    });
  }

  /** The end of a copy. Answers the exit code; throws the error of a copy of one object. */
  async end(totals: CopyTotals): Promise<number> {
    const { isMany, dryRun } = this.#copy;
    if (this.#firstError !== undefined && !isMany) throw this.#firstError;
    await this.tellLeftOut();
    const durationMs = Math.round(steadyNow() - this.#begunAt);
    await this.#output.result({ type: "summary", dryRun, ...totals, durationMs }, undefined);
    if (isMany) this.#output.note(this.#summaryText(totals));
    return this.#verdict(totals, this.#firstError);
  }

  /** At the end, where it is seen; only what is too much to remember is told before. */
  async #tellIfMany(): Promise<void> {
    const held = this.#skips.length + this.#failures.length;
    if (held >= transferLimits.heldReports) await this.tellLeftOut();
  }

  /** What was skipped and what failed, as far as it was not told yet. */
  async tellLeftOut(): Promise<void> {
    for (const { source, reason } of this.#skips.splice(0)) {
      this.#output.warn(`${placeText(source)} was skipped: ${reason}.`);
      const record = { type: "skipped", source: placeText(source), reason };
      await this.#output.result(record, undefined);
    }
    for (const failure of this.#failures.splice(0)) await this.#printFailure(failure);
  }

  async #printFailure({ job, error }: Failure): Promise<void> {
    this.#output.warn(`${this.#describe(job)} failed:`);
    this.#output.error(error);
    const { code, message } = describeError(error);
    await this.#output.result({ type: "failed", ...recordOf(job), code, message }, undefined);
  }

  #summaryText({ copied, bytes, kept, skipped, failed }: CopyTotals): string {
    const { dryRun, move, sources } = this.#copy;
    const verb = move ? "move" : "copy";
    if (copied + kept + skipped + failed === 0) {
      return `There is nothing to ${verb} in ${sources.map(placeOf).join(", ")}`;
    }
    const done = `${dryRun ? "would be " : ""}${move ? "moved" : "copied"}`;
    const seconds = (steadyNow() - this.#begunAt) / 1000;
    const rate = `${formatBytes(Math.round(bytes / Math.max(seconds, 0.001)))}/s`;
    const pace = dryRun || bytes === 0 ? "" : ` in ${formatElapsed(seconds)}, ${rate}`;
    const size = `${formatBytes(bytes)}${pace}`;
    const asNew = kept > 0 ? `${kept} as new at the target, ` : "";
    return `${copied} ${done} (${size}), ${asNew}${skipped} skipped, ${failed} failed.`;
  }

  #verdict({ copied, kept, skipped, failed }: CopyTotals, first: unknown): number {
    if (this.#endedSession !== undefined) return exitCodeFor(this.#endedSession);
    if (first !== undefined && copied === 0 && failed === 1) return exitCodeFor(first);
    if (failed > 0 || skipped > 0) return exitCodes.partial;
    return this.#copy.isMany && copied + kept === 0 ? exitCodes.notFound : exitCodes.ok;
  }
}

function isResumable(error: unknown): error is StorageError {
  return isStorageError(error) && error.details["Resumable"] !== undefined;
}

function placeText(place: S3Uri | string): string {
  return typeof place === "string" ? place : formatS3Uri(place);
}

function shown(place: S3Uri | string): string {
  return printable(placeText(place));
}

function placeOf(place: Place): string {
  return shown(place.kind === "local" ? place.path : place.uri);
}

/** The members of a job in JSON. */
function recordOf(job: CopyJob): object {
  if (job.kind === "upload") return job;
  const { listed: _, ...members } = job;
  return members;
}

function describe(job: CopyJob, move: boolean): string {
  const verb = move ? "move" : job.kind;
  switch (job.kind) {
    case "upload":
      return `${verb} ${shown(job.file)} -> ${shown(job.to)}`;
    case "download":
      return `${verb} ${shown(job.from)} -> ${shown(job.file)}`;
    case "copy":
      return `${verb} ${shown(job.from)} -> ${shown(job.to)}`;
  }
}
