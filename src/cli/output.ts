import { styleText } from "node:util";
import { describeError, errorRecord } from "./describe-error.ts";
import { jsonText, printable, printableLines } from "./format.ts";
import { inOwnWords } from "./own-command.ts";

type Style = Parameters<typeof styleText>[0];

/** Between lines of progress where none can be overwritten, and before the first of them. */
const plainProgressMs = 10_000;

/** What `style` writes for bold, dim, red, green, yellow and cyan, and their ends: no code that hides text. */
// eslint-disable-next-line no-control-regex -- the escape is what is looked for
const ownColors = /(\u001b\[(?:1|2|22|31|32|33|36|39)m)/;

export interface OutputOptions {
  /** One JSON object a line on stdout, instead of text. */
  readonly json: boolean;
  /** No notes and no progress; results and errors only. */
  readonly quiet: boolean;
  readonly color: "auto" | "never";
  /** `auto`: a line that is overwritten on a terminal, else as `plain`: a line now and then. */
  readonly progress?: "auto" | "plain" | "none";
  /** How a shell calls this program again. */
  readonly ownCommand: string;
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
  readonly #now: () => number;
  #plainAt: number;
  /** Results of this turn of the event loop. */
  #lines = "";
  #flushed: Promise<void> | undefined;

  constructor(options: OutputOptions, now: () => number = Date.now) {
    this.#now = now;
    this.#plainAt = now();
    this.json = options.json;
    this.#options = options;
  }

  /** Whether notes are shown at all. */
  get talks(): boolean {
    return !this.#options.quiet && !this.json;
  }

  /**
   * A result: its JSON form or its text. Text `undefined` leaves it out of text output. Those that come
   * in one turn of the event loop go out together, before whatever else is printed: a write for each
   * takes a sixth of the time of small objects.
   */
  async result(value: unknown, text: string | undefined): Promise<void> {
    const line = this.json ? jsonText(value) : text;
    if (line === undefined || line === "") return;
    this.#lines += `${line}\n`;
    this.#flushed ??= new Promise<void>((resolve) => {
      setImmediate(() => resolve(this.#flush()));
    });
    await this.#flushed;
  }

  /** Many results, such as those of a page, in one write: a write for each costs more than all else. */
  async results<Item>(
    items: readonly Item[],
    form: { readonly json: (item: Item) => unknown; readonly text: (item: Item) => string },
  ): Promise<void> {
    if (this.json) return this.records(items, form.json);
    return this.#many(items, form.text);
  }

  /** The same where JSON is what is printed. */
  async records<Item>(items: readonly Item[], json: (item: Item) => unknown): Promise<void> {
    return this.#many(items, (item) => jsonText(json(item)));
  }

  /** The same where text is, in lines that are bytes already; their memory may be used again then. */
  async lines(lines: Uint8Array): Promise<void> {
    if (lines.length === 0) return;
    this.#eraseProgress();
    await this.bytes(lines);
  }

  async #many<Item>(items: readonly Item[], line: (item: Item) => string): Promise<void> {
    if (items.length === 0) return;
    this.clearProgress();
    let lines = "";
    for (const item of items) lines += `${line(item)}\n`;
    await this.#write(lines);
  }

  /**
   * Raw bytes of an object, untouched by `--json`. Waits while the reader is slow: what is returned is
   * fulfilled once the chunk's memory may be used again, at once where nothing is returned.
   */
  bytes(chunk: Uint8Array): Promise<void> | undefined {
    void this.#flush();
    const { stdout } = this.#options;
    stdout.write(chunk);
    if (stdout.writableLength === 0) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        stdout.off("close", done);
        resolve();
      };
      // A failure is told by the stream's own event.
      stdout.write("", done);
      stdout.on("close", done);
    });
  }

  /** What is going on, for people. */
  note(text: string): void {
    if (!this.talks) return;
    this.clearProgress();
    this.#options.stderr.write(`${this.#shown(this.inOwnWords(text))}\n`);
  }

  /** Colours of ours stay in a note; all else that a terminal acts upon does not. */
  #shown(text: string): string {
    if (this.#options.color === "never") return printableLines(text);
    return text
      .split(ownColors)
      .map((part, index) => (index % 2 === 0 ? printableLines(part) : part))
      .join("");
  }

  /** JSON on stderr with `--json`, as errors are. */
  warn(text: string): void {
    this.clearProgress();
    const { stderr } = this.#options;
    const message = printableLines(this.inOwnWords(text));
    if (this.json) stderr.write(`${jsonText({ type: "warning", message })}\n`);
    else stderr.write(`${this.style("yellow", "warning:", "stderr")} ${message}\n`);
  }

  /** Something that was asked to be logged: also with `quiet`, and as JSON with `--json`. */
  log(record: Readonly<Record<string, unknown>>, line: string): void {
    this.clearProgress();
    this.#options.stderr.write(`${this.json ? jsonText(record) : printableLines(line)}\n`);
  }

  /** Whether somebody sits before it. */
  get isWatched(): boolean {
    return this.talks && this.#options.stderr.isTTY;
  }

  /** How far the work is: a line that is overwritten, or one in ten seconds. */
  progress(line: string): void {
    const { stderr, progress = "auto" } = this.#options;
    if (!this.talks || progress === "none") return;
    const text = printable(line);
    if (progress === "plain" || !stderr.isTTY) {
      if (this.#now() - this.#plainAt < plainProgressMs) return;
      void this.#flush();
      this.#plainAt = this.#now();
      stderr.write(`${text}\n`);
      return;
    }
    void this.#flush();
    // Some pseudo-terminals say 0.
    const width = stderr.columns > 0 ? stderr.columns : 80;
    stderr.write(`\r\u001b[2K${text.slice(0, width - 1)}`);
    this.#progressShown = true;
  }

  /** For what is printed next; the results until then are out. */
  clearProgress(): void {
    void this.#flush();
    this.#eraseProgress();
  }

  /** Prints the results that wait. */
  async #flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = "";
    this.#flushed = undefined;
    if (lines === "") return;
    this.#eraseProgress();
    await this.#write(lines);
  }

  #eraseProgress(): void {
    if (!this.#progressShown) return;
    this.#options.stderr.write("\r\u001b[2K");
    this.#progressShown = false;
  }

  /** What happened, why, what next; JSON on stderr with `--json`. */
  error(error: unknown): void {
    this.clearProgress();
    const { stderr } = this.#options;
    if (this.json) {
      const record = errorRecord(error);
      const remedy = record.remedy === undefined ? undefined : this.inOwnWords(record.remedy);
      stderr.write(`${jsonText({ type: "error", ...record, remedy })}\n`);
      return;
    }
    const { message, remedy, facts } = describeError(error);
    stderr.write(`${this.style("red", "error:", "stderr")} ${message}\n`);
    if (facts !== "") stderr.write(`  ${this.style("dim", facts, "stderr")}\n`);
    if (remedy !== undefined) {
      const words = this.inOwnWords(remedy).replaceAll("\n", "\n        ");
      stderr.write(`  ${this.style("cyan", "next:", "stderr")} ${words}\n`);
    }
  }

  /** Colours only where they can be seen: a terminal, without NO_COLOR, without --no-color. */
  style(style: Style, text: string, stream: "stdout" | "stderr" = "stdout"): string {
    if (this.#options.color === "never") return text;
    return styleText(style, text, { stream: this.#options[stream], validateStream: true });
  }

  /** Calls of this program in a text of ours, as the user's shell knows it. */
  inOwnWords(text: string): string {
    return inOwnWords(text, this.#options.ownCommand);
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
