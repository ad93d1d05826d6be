import { StorageError } from "../core/errors.ts";
import { formatS3Uri, type S3Uri } from "../core/object-key.ts";
import type { ListedVersion } from "../core/object-store.ts";
import { type RestoreStep, whyGone } from "../transfer/versions/plan-restore.ts";
import type { RestoredVersion } from "../transfer/versions/restore-version.ts";
import type { CommandContext } from "./context.ts";
import { describeError } from "./describe-error.ts";
import { exitCodeFor, exitCodes } from "./exit-codes.ts";
import { formatBytes, formatTime, printable } from "./format.ts";

/** Prints what `restore` does, and counts it. */
export class RestoreReport {
  readonly #context: CommandContext;
  readonly #wish: { readonly dryRun: boolean; readonly isKey: boolean };
  readonly #totals = { restored: 0, bytes: 0, unchanged: 0, skipped: 0, failed: 0 };
  readonly #bucket: string;
  #firstError: StorageError | undefined;

  constructor(
    context: CommandContext,
    wish: { readonly bucket: string; readonly dryRun: boolean; readonly isKey: boolean },
  ) {
    this.#context = context;
    this.#wish = wish;
    this.#bucket = wish.bucket;
  }

  /** What needs no restoring, or cannot be restored. */
  async tell(step: Exclude<RestoreStep, { kind: "restore" }>): Promise<void> {
    if (step.kind === "unchanged") {
      this.#totals.unchanged += 1;
      return;
    }
    const { key } = step;
    const reason =
      step.kind === "newer" ? "no version from that time is kept" : "no version of it is kept";
    this.#totals.skipped += 1;
    const { output } = this.#context;
    const source = this.#uri(key);
    const why = step.kind === "gone" ? ` ${whyGone(this.#bucket, step.isOfSuspended)}` : "";
    output.note(`${printable(source)} is left alone: ${reason}.${this.#wish.isKey ? why : ""}`);
    await output.result({ type: "skipped", source, reason }, undefined);
  }

  /** Undefined: it would be restored. */
  async done(version: ListedVersion, done: RestoredVersion | undefined): Promise<void> {
    if (done?.kind === "unchanged") {
      this.#totals.unchanged += 1;
      return;
    }
    const { key, versionId, lastModified, sizeBytes } = version;
    this.#totals.restored += 1;
    this.#totals.bytes += sizeBytes;
    const dry = done === undefined ? "(dry run) " : "";
    const newVersionId = done?.put.versionId;
    const text = `${dry}restore ${printable(this.#uri(key))} of ${formatTime(lastModified)}`;
    await this.#context.output.result(
      {
        type: "restore",
        bucket: this.#bucket,
        key,
        versionId,
        lastModified,
        bytes: sizeBytes,
        ...(newVersionId !== undefined && { newVersionId }),
      },
      `${text} (${formatBytes(sizeBytes)}, version ${printable(versionId)})`,
    );
  }

  async failed({ key, versionId }: ListedVersion, error: StorageError): Promise<void> {
    this.#totals.failed += 1;
    this.#firstError ??= error;
    if (this.#wish.isKey) return;
    const { output } = this.#context;
    output.warn(`${this.#uri(key)} was not restored:`);
    output.error(error);
    const { code, message } = describeError(error);
    const place = { bucket: this.#bucket, key, versionId };
    await output.result({ type: "failed", ...place, code, message }, undefined);
  }

  /** The exit code; throws what kept one object from being restored, and NotFound of nothing at all. */
  async end(place: S3Uri): Promise<number> {
    const { restored, bytes, unchanged, skipped, failed } = this.#totals;
    const { isKey, dryRun } = this.#wish;
    const { output } = this.#context;
    if (isKey && this.#firstError !== undefined) throw this.#firstError;
    if (restored + unchanged + skipped + failed === 0) throw nothingThere(place, isKey);
    await output.result({ type: "summary", dryRun, ...this.#totals }, undefined);
    const done = `${restored} ${dryRun ? "would be restored" : "restored"} (${formatBytes(bytes)})`;
    output.note(
      `${done}, ${unchanged} as wanted already, ${skipped} left alone, ${failed} failed.`,
    );
    if (isKey && skipped > 0) return exitCodes.notFound;
    if (failed === 0) return exitCodes.ok;
    const isOnly = restored + unchanged + skipped === 0 && failed === 1;
    return isOnly && this.#firstError ? exitCodeFor(this.#firstError) : exitCodes.partial;
  }

  #uri(key: string): string {
    return formatS3Uri({ bucket: this.#bucket, key });
  }
}

function nothingThere(place: S3Uri, isKey: boolean): StorageError {
  const uri = formatS3Uri(place);
  return new StorageError("NotFound", `No version of anything is kept at ${uri}`, {
    ...place,
    remedy: isKey
      ? "For everything in a folder, add --recursive."
      : "See what is there, older versions as well: sms-storage ls -r --versions s3://" +
        place.bucket,
  });
}
