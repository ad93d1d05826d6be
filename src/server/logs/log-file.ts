import { createWriteStream, openSync, type WriteStream } from "node:fs";
import { StorageError } from "../../core/errors.ts";
import { trailLimits } from "../../core/trail-limits.ts";

/** A file to which lines are added; whoever moves it away has it opened anew. */
export class LogFile {
  readonly #path: string;
  readonly #onFailure: (error: Error) => void;
  #stream: WriteStream | undefined;
  #openedAt = 0;
  #hasFailed = false;

  private constructor(path: string, onFailure: (error: Error) => void) {
    this.#path = path;
    this.#onFailure = onFailure;
    this.#stream = this.#opened();
  }

  /**
   * Throws StorageError ConfigurationError when it cannot be written. `onFailure` is told of the first
   * failure after that, until lines can be written again.
   */
  static open(path: string, onFailure: (error: Error) => void): LogFile {
    try {
      return new LogFile(path, onFailure);
    } catch (cause) {
      throw new StorageError(
        "ConfigurationError",
        `The log ${path} cannot be written (${codeOf(cause)}).`,
        {
          remedy: "Name a file in a folder that is there and that this user may write to.",
          cause,
        },
      );
    }
  }

  /** A line without its end. Lost when the disk takes none for long. */
  write(line: string): void {
    const isDue = performance.now() - this.#openedAt > trailLimits.logRetryMs;
    if (this.#stream?.destroyed !== false && isDue) this.reopen();
    const stream = this.#stream;
    if (stream?.destroyed !== false || stream.writableLength > trailLimits.logQueueBytes) {
      this.#fail("it takes no lines, and some are lost");
      return;
    }
    stream.write(`${line}\n`, (error) => {
      if (error === undefined || error === null) this.#hasFailed = false;
    });
  }

  /** Goes on in a file of that name, which is made when it is not there. */
  reopen(): void {
    this.#stream?.end();
    try {
      this.#stream = this.#opened();
    } catch (cause) {
      this.#stream = undefined;
      this.#fail(codeOf(cause));
    }
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream?.destroyed !== false) return;
    await new Promise<void>((resolve) => {
      stream.once("close", () => resolve());
      stream.end();
    });
  }

  #opened(): WriteStream {
    this.#openedAt = performance.now();
    const stream = createWriteStream("", { fd: openSync(this.#path, "a", 0o600) });
    stream.on("error", (cause) => this.#fail(codeOf(cause)));
    return stream;
  }

  #fail(why: string): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#onFailure(new Error(`The log ${this.#path} cannot be written: ${why}.`));
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}
