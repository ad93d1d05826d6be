import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { Place } from "../../transfer/jobs/copy-job.ts";
import type { SyncEvent, SyncTotals } from "../../transfer/sync/sync-event.ts";
import type { CommandContext } from "../context.ts";
import { CopyReport } from "../copy/copy-report.ts";
import { describeError } from "../describe-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatBytes, printable } from "../format.ts";
import type { Output } from "../output.ts";
import { steadyNow } from "../../core/steady-now.ts";

interface ReportedSync {
  readonly source: Place;
  readonly dryRun: boolean;
  /** Whether it is a failure when nothing fits what was asked for. */
  readonly mustFit: boolean;
}

/** Prints what a sync tells: copies and deletes as they are done, what was skipped or failed at the end. */
export class SyncReport {
  readonly #output: Output;
  readonly #copies: CopyReport;
  readonly #dryRun: boolean;
  readonly #source: Place;
  readonly #mustFit: boolean;
  readonly #begunAt = steadyNow();

  constructor(context: CommandContext, { source, dryRun, mustFit }: ReportedSync) {
    this.#output = context.output;
    this.#source = source;
    this.#mustFit = mustFit;
    this.#dryRun = dryRun;
    this.#copies = new CopyReport(context, {
      dryRun,
      move: false,
      isMany: true,
      sources: [source],
    });
  }

  readonly tell = async (event: SyncEvent): Promise<void> => {
    if (event.kind === "unchanged") await this.#output.result(unchangedRecord(event), undefined);
    else if (event.kind === "deleted") await this.#tellDeleted(event.place);
    else if (event.kind === "not-deleted") await this.#tellNotDeleted(event.place, event.error);
    else await this.#copies.tell(event);
  };

  async #tellDeleted(place: string | S3Uri): Promise<void> {
    const text = `${this.#dryRun ? "(dry run) " : ""}delete ${shown(place)}`;
    await this.#output.result({ type: "delete", ...recordOf(place) }, text);
  }

  async #tellNotDeleted(place: string | S3Uri, error: unknown): Promise<void> {
    const { code, message } = describeError(error);
    this.#output.warn(`${shown(place)} was not deleted: ${message}`);
    await this.#output.result({ type: "failed", ...recordOf(place), code, message }, undefined);
  }

  stopped(reason: unknown): unknown {
    return this.#copies.stopped(reason);
  }

  /** Answers the exit code. */
  async end(totals: SyncTotals): Promise<number> {
    await this.#copies.tellLeftOut();
    const seconds = (steadyNow() - this.#begunAt) / 1000;
    const dryRun = this.#dryRun;
    await this.#output.result({ type: "summary", dryRun, ...totals }, undefined);
    const isUnfit = this.#mustFit && sumOf(totals) === 0;
    this.#output.note(
      isUnfit
        ? `There is nothing that fits in ${shown(placeOf(this.#source))}`
        : this.#summaryText(totals, seconds),
    );
    if (isUnfit) return exitCodes.notFound;
    return totals.failed > 0 || totals.skipped > 0 ? exitCodes.partial : exitCodes.ok;
  }

  #summaryText(totals: SyncTotals, seconds: number): string {
    const { copied, bytes, unchanged, deleted, notDeleted, skipped, failed } = totals;
    if (copied + deleted + notDeleted + skipped + failed === 0) {
      return `Nothing to do: ${unchanged} unchanged.`;
    }
    const would = this.#dryRun ? "would be " : "";
    const rate =
      this.#dryRun || bytes === 0 ? "" : `, ${formatBytes(Math.round(bytes / seconds))}/s`;
    const counts = [
      `${copied} ${would}copied (${formatBytes(bytes)}${rate})`,
      `${deleted} ${would}deleted`,
      ...(notDeleted > 0 ? [`${notDeleted} not deleted that only the target has`] : []),
      `${unchanged} unchanged`,
      `${skipped} skipped`,
      `${failed} failed`,
    ];
    return `${counts.join(", ")}.`;
  }
}

/** Of all that was found, in either tree. */
function sumOf({ copied, unchanged, deleted, notDeleted, skipped, failed }: SyncTotals): number {
  return copied + unchanged + deleted + notDeleted + skipped + failed;
}

function placeOf(place: Place): string | S3Uri {
  return place.kind === "local" ? place.path : place.uri;
}

function unchangedRecord({ path, by }: { readonly path: string; readonly by: string }): object {
  return { type: "unchanged", path, by };
}

function shown(place: string | S3Uri): string {
  return printable(typeof place === "string" ? place : formatS3Uri(place));
}

function recordOf(place: string | S3Uri): object {
  return typeof place === "string" ? { file: place } : place;
}
