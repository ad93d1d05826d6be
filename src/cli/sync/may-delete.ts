import { transferLimits } from "../../core/limits.ts";
import { confirm, type CommandContext } from "../context.ts";
import { ConfirmationRequired, UsageError } from "../exit-codes.ts";

/** Judges how much a sync may delete; beyond the limit it asks, or says what is needed. */
export class DeleteLimit {
  /** Whether it takes a confirmation that nobody gave. */
  isRefused = false;
  readonly #context: CommandContext;
  readonly #options: {
    readonly place: string;
    readonly most: number | undefined;
    readonly dryRun: boolean;
  };

  constructor(
    context: CommandContext,
    options: {
      readonly place: string;
      readonly most: number | undefined;
      readonly dryRun: boolean;
    },
  ) {
    this.#context = context;
    this.#options = options;
  }

  readonly mayDelete = async (count: number, of: number): Promise<boolean> => {
    const { place, most, dryRun } = this.#options;
    const share = Math.ceil((of * transferLimits.unaskedDeletesPercent) / 100);
    const limit = most ?? Math.max(transferLimits.unaskedDeletes, share);
    if (count <= limit) return true;
    const flag = `--max-delete ${count}`;
    if (dryRun || most !== undefined) {
      const allowed = most === undefined ? `${limit} go unasked` : `--max-delete allows ${most}`;
      this.#context.output.warn(
        `${count} of ${of} in ${place} are to be deleted, but ${allowed}: none is. It takes ${flag}.`,
      );
      this.isRefused = !dryRun;
      return false;
    }
    const question = `Delete ${count} of ${of} in ${place}, which the source does not have?`;
    try {
      const agreed = await confirm(this.#context, question, { given: false, name: flag });
      this.isRefused = !agreed;
      return agreed;
    } catch (error) {
      if (!(error instanceof ConfirmationRequired)) throw error;
      this.#context.output.error(error);
      this.isRefused = true;
      return false;
    }
  };
}

/** `--max-delete`; undefined when it was not given. Throws UsageError. */
export function readMaxDelete(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`--max-delete takes a whole number of 0 or more, not ${text}.`);
}
