import { styleText } from "node:util";
import { StorageError } from "../core/errors.ts";
import { InvariantError } from "../core/assert.ts";
import { ConfirmationRequired, UsageError } from "./exit-codes.ts";

type Style = Parameters<typeof styleText>[0];

export interface OutputOptions {
  /** One JSON object a line on stdout, instead of text. */
  readonly json: boolean;
  /** No notes and no progress; results and errors only. */
  readonly quiet: boolean;
  readonly color: "auto" | "never";
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * The one place that prints. Results go to stdout, everything said about them to stderr, so that a
 * pipe gets data alone.
 */
export class Output {
  readonly json: boolean;
  readonly #options: OutputOptions;
  #progressShown = false;

  constructor(options: OutputOptions) {
    this.json = options.json;
    this.#options = options;
  }

  /** A result: its JSON form or its text. Text `undefined` leaves it out of text output. */
  async result(value: unknown, text: string | undefined): Promise<void> {
    this.clearProgress();
    if (this.json) await this.#write(`${JSON.stringify(value)}\n`);
    else if (text !== undefined && text !== "") await this.#write(`${text}\n`);
  }

  /** Raw bytes of an object, untouched by `--json`. Waits while the reader is slow. */
  async bytes(chunk: Uint8Array): Promise<void> {
    await this.#write(chunk);
  }

  /** What is going on, for people. */
  note(text: string): void {
    if (this.#options.quiet || this.json) return;
    this.clearProgress();
    this.#options.stderr.write(`${text}\n`);
  }

  warn(text: string): void {
    this.clearProgress();
    this.#options.stderr.write(`${this.style("yellow", "warning:", "stderr")} ${text}\n`);
  }

  /** A line that is overwritten; shown on a terminal only. */
  progress(text: string): void {
    const { stderr, quiet } = this.#options;
    if (quiet || this.json || !stderr.isTTY) return;
    const width = stderr.columns ?? 80;
    stderr.write(`\r\u001b[2K${text.slice(0, width - 1)}`);
    this.#progressShown = true;
  }

  clearProgress(): void {
    if (!this.#progressShown) return;
    this.#options.stderr.write("\r\u001b[2K");
    this.#progressShown = false;
  }

  /** What happened, why, what next; JSON on stderr with `--json`. */
  error(error: unknown): void {
    this.clearProgress();
    const { stderr } = this.#options;
    if (this.json) {
      stderr.write(`${JSON.stringify({ type: "error", ...describeError(error) })}\n`);
      return;
    }
    const { message, remedy, facts } = describeError(error);
    stderr.write(`${this.style("red", "error:", "stderr")} ${message}\n`);
    if (facts !== "") stderr.write(`  ${this.style("dim", facts, "stderr")}\n`);
    if (remedy !== undefined) {
      stderr.write(
        `  ${this.style("cyan", "next:", "stderr")} ${remedy.replaceAll("\n", "\n        ")}\n`,
      );
    }
  }

  /** Colours only where they can be seen: a terminal, without NO_COLOR, without --no-color. */
  style(style: Style, text: string, stream: "stdout" | "stderr" = "stdout"): string {
    if (this.#options.color === "never") return text;
    return styleText(style, text, { stream: this.#options[stream], validateStream: true });
  }

  async #write(chunk: string | Uint8Array): Promise<void> {
    const { stdout } = this.#options;
    if (stdout.write(chunk)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        stdout.off("drain", done);
        stdout.off("close", done);
        resolve();
      };
      stdout.on("drain", done);
      stdout.on("close", done);
    });
  }
}

interface ErrorDescription {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | undefined;
  readonly facts: string;
}

function describeError(error: unknown): ErrorDescription {
  if (error instanceof StorageError) {
    const facts = [
      error.operation,
      error.bucket === undefined ? undefined : `s3://${error.bucket}/${error.key ?? ""}`,
      error.status === undefined ? undefined : `HTTP ${error.status}`,
      error.s3Code,
      error.requestId === undefined ? undefined : `request ${error.requestId}`,
      error.outcome === "unknown" ? "it is not known whether the change was made" : undefined,
    ];
    return {
      code: error.code,
      message: error.message,
      remedy: error.remedy,
      facts: facts.filter((fact) => fact !== undefined).join(" · "),
    };
  }
  if (error instanceof UsageError || error instanceof ConfirmationRequired) {
    return { code: error.name, message: error.message, remedy: error.remedy, facts: "" };
  }
  const message = error instanceof Error ? error.message : String(error);
  const remedy =
    error instanceof InvariantError
      ? "This is a bug in sms-storage; please report it with the command you ran."
      : "Run it again with SMS_STORAGE_DEBUG=1 to see where it happened.";
  return { code: "Unexpected", message, remedy, facts: "" };
}
