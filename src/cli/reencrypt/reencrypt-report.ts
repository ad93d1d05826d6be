import type { StorageError } from "../../core/errors.ts";
import { formatS3Uri } from "../../core/object-key.ts";
import { reencryptLimits } from "../../core/reencrypt-limits.ts";
import type { Seen } from "../../transfer/reencrypt/look-at-objects.ts";
import type { ReencryptionEvent } from "../../transfer/reencrypt/reencrypt-found.ts";
import type { CommandContext } from "../context.ts";
import { describeError } from "../describe-error.ts";
import { exitCodeFor, exitCodes } from "../exit-codes.ts";
import { formatBytes, printable } from "../format.ts";

const reasons = {
  archived: "it is archived: restore it first (aws s3api restore-object), then run this again",
  "own-key": "it is under a customer's own key (SSE-C): who holds the key has to copy it",
} as const;

/** Prints what `re-encrypt` does object by object, and counts it. */
export class ReencryptReport {
  readonly #context: CommandContext;
  readonly #bucket: string;
  readonly #totals = { copied: 0, bytes: 0, unchanged: 0, skipped: 0, failed: 0 };
  #firstError: StorageError | undefined;
  #named = 0;

  constructor(context: CommandContext, bucket: string) {
    this.#context = context;
    this.#bucket = bucket;
  }

  /** Of the search: what cannot be copied. */
  async saw(seen: readonly Seen[]): Promise<void> {
    for (const one of seen) {
      if (one.kind === "denied") await this.#failed(one.key, one.error);
      else await this.#skipped(one.key, reasons[one.kind]);
    }
  }

  async tell(event: ReencryptionEvent, total: number): Promise<void> {
    const { key } = event.candidate;
    const { output } = this.#context;
    if (event.kind === "failed") return this.#failed(key, event.error);
    const { result } = event;
    switch (result.kind) {
      case "copied": {
        this.#totals.copied += 1;
        this.#totals.bytes += result.sizeBytes;
        const { versionId } = result.put;
        const version = versionId !== undefined && { versionId };
        const record = { type: "re-encrypt", bucket: this.#bucket, key, bytes: result.sizeBytes };
        const { copied } = this.#totals;
        await output.result({ ...record, ...version }, undefined);
        return output.progress(`${copied} of ${total} copied`);
      }
      case "already":
      case "gone":
        this.#totals.unchanged += 1;
        return;
      case "archived":
      case "own-key":
        return this.#skipped(key, reasons[result.kind]);
    }
  }

  /** The exit code of what was done. */
  async end(): Promise<number> {
    const { output } = this.#context;
    const { copied, bytes, unchanged, skipped, failed } = this.#totals;
    await output.result({ type: "summary", ...this.#totals, dryRun: false }, undefined);
    if (this.#named > reencryptLimits.namedObjects && !output.json) {
      output.warn(
        `${this.#named - reencryptLimits.namedObjects} more are not named; --json names all.`,
      );
    }
    output.note(
      `${copied} copied (${formatBytes(bytes)}), ${unchanged} by others or gone meanwhile, ` +
        `${skipped} skipped, ${failed} failed.`,
    );
    if (failed + skipped === 0) return exitCodes.ok;
    const isAll = copied + unchanged + skipped === 0 && this.#firstError !== undefined;
    return isAll ? exitCodeFor(this.#firstError) : exitCodes.partial;
  }

  async #skipped(key: string, reason: string): Promise<void> {
    this.#totals.skipped += 1;
    const source = formatS3Uri({ bucket: this.#bucket, key });
    const { output } = this.#context;
    await output.result({ type: "skipped", source, reason }, undefined);
    if (this.#isNamed()) output.warn(`${printable(source)} is left as it is: ${reason}.`);
  }

  async #failed(key: string, error: StorageError): Promise<void> {
    this.#totals.failed += 1;
    this.#firstError ??= error;
    const { output } = this.#context;
    const { code, message, remedy } = describeFailure(error);
    const record = { type: "failed", bucket: this.#bucket, key, code, message };
    await output.result({ ...record, ...(remedy !== undefined && { remedy }) }, undefined);
    if (!this.#isNamed()) return;
    const uri = printable(formatS3Uri({ bucket: this.#bucket, key }));
    output.warn(`${uri} was not copied: ${message}${remedy === undefined ? "" : ` ${remedy}`}`);
  }

  #isNamed(): boolean {
    this.#named += 1;
    return this.#named <= reencryptLimits.namedObjects && !this.#context.output.json;
  }
}

function describeFailure(error: StorageError) {
  const { code, message, remedy } = describeError(error);
  return { code, message, remedy };
}
