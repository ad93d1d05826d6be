import { isStorageError, type StorageError } from "../../core/errors.ts";
import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import { restateError } from "../../core/restate-error.ts";
import type { CopyJob, SkippedItem } from "../../transfer/jobs/copy-job.ts";
import type { CopyTotals } from "../../transfer/jobs/run-copy.ts";
import type { TransferNotice } from "../../transfer/journal/transfer-notice.ts";
import type { TransferEvent } from "../../transfer/jobs/transfer-event.ts";
import type { CommandContext } from "../context.ts";
import { describeError } from "../describe-error.ts";
import { exitCodeFor, exitCodes } from "../exit-codes.ts";
import { formatBytes, printable } from "../format.ts";
import type { Output } from "../output.ts";
import { inWordsOfCopy } from "./in-words-of-copy.ts";
import { TransferProgress } from "./transfer-progress.ts";

interface Failure {
  readonly job: CopyJob;
  readonly error: unknown;
}

interface ReportedCopy {
  readonly dryRun: boolean;
  readonly recursive: boolean;
  /** Where it began to look; a path or an address. */
  readonly from?: string | S3Uri;
}

/** Prints what a copy tells: objects as they are done, what was skipped or failed at the end. */
export class CopyReport {
  readonly #output: Output;
  readonly #copy: ReportedCopy;
  readonly #progress: TransferProgress;
  readonly #skips: SkippedItem[] = [];
  readonly #failures: Failure[] = [];

  constructor({ output }: CommandContext, copy: ReportedCopy) {
    this.#output = output;
    this.#copy = copy;
    this.#progress = new TransferProgress(output);
  }

  readonly tell = async (event: TransferEvent): Promise<void> => {
    if (event.kind === "skipped") {
      this.#skips.push(event);
      return;
    }
    if (event.kind === "notice") {
      this.#tellNotice(event.job, event.notice);
      return;
    }
    this.#progress.tell(event);
    if (event.kind === "failed") {
      this.#failures.push({ job: event.job, error: inWordsOfCopy(event.error) });
    } else if (event.kind === "done") {
      const { job, sizeBytes: bytes } = event;
      const text = this.#copy.dryRun ? `(dry run) ${describe(job)}` : describe(job);
      await this.#output.result({ type: "copy", ...job, bytes }, text);
    }
  };

  #tellNotice(job: CopyJob, notice: TransferNotice): void {
    if (notice.kind === "begun-anew") {
      this.#output.warn(`${describe(job)}: ${notice.reason}`);
      return;
    }
    const { doneBytes, totalBytes } = notice;
    const share = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
    this.#output.note(`${describe(job)}: going on after ${share} of an earlier run.`);
  }

  /** What to throw once a copy was stopped: it says what a later run can go on with. */
  stopped(reason: unknown): unknown {
    const kept = this.#failures.map(({ error }) => error).filter(isResumable);
    const [first] = kept;
    if (first === undefined || !this.#copy.recursive) return first ?? reason;
    const what = kept.length === 1 ? "1 large one goes" : `${kept.length} large ones go`;
    return restateError(first, {
      remedy: `Run it again. What was finished stays, and ${what} on where it was cut short.`,
    });
  }

  /** The end of a copy. Answers the exit code; throws the error of a copy of one object. */
  async end(totals: CopyTotals): Promise<number> {
    const { recursive, dryRun } = this.#copy;
    const [first] = this.#failures;
    if (first !== undefined && !recursive) throw first.error;
    for (const { source, reason } of this.#skips) {
      this.#output.warn(`${placeText(source)} was skipped: ${reason}.`);
      const record = { type: "skipped", source: placeText(source), reason };
      await this.#output.result(record, undefined);
    }
    for (const failure of this.#failures) await this.#printFailure(failure);
    await this.#output.result({ type: "summary", dryRun, ...totals }, undefined);
    if (recursive) this.#output.note(this.#summaryText(totals));
    return this.#verdict(totals, first?.error);
  }

  async #printFailure({ job, error }: Failure): Promise<void> {
    this.#output.warn(`${describe(job)} failed:`);
    this.#output.error(error);
    const { code, message } = describeError(error);
    await this.#output.result({ type: "failed", ...job, code, message }, undefined);
  }

  #summaryText({ copied, bytes, skipped, failed }: CopyTotals): string {
    const { dryRun, from } = this.#copy;
    if (copied + skipped + failed === 0 && from !== undefined) {
      return `There is nothing to copy in ${shown(from)}`;
    }
    const done = dryRun ? "would be copied" : "copied";
    return `${copied} ${done} (${formatBytes(bytes)}), ${skipped} skipped, ${failed} failed.`;
  }

  #verdict({ copied, skipped, failed }: CopyTotals, first: unknown): number {
    if (first !== undefined && copied === 0 && failed === 1) return exitCodeFor(first);
    if (failed > 0 || skipped > 0) return exitCodes.partial;
    return this.#copy.recursive && copied === 0 ? exitCodes.notFound : exitCodes.ok;
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

function describe(job: CopyJob): string {
  switch (job.kind) {
    case "upload":
      return `upload ${shown(job.file)} -> ${shown(job.to)}`;
    case "download":
      return `download ${shown(job.from)} -> ${shown(job.file)}`;
    case "copy":
      return `copy ${shown(job.from)} -> ${shown(job.to)}`;
  }
}
