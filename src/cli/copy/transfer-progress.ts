import { posix, win32 } from "node:path";
import type { CopyJob } from "../../transfer/jobs/copy-job.ts";
import type { TransferEvent, TransferNews } from "../../transfer/jobs/transfer-event.ts";
import { formatBytes, formatDuration, printable } from "../format.ts";
import type { KeysClock } from "../keys-clock.ts";
import type { Output } from "../output.ts";

/** How often the line is written anew, and over how long the rate is taken; milliseconds. */
const redrawMs = 100;
const rateWindowMs = 5000;
/** An object that takes longer is named. */
const slowMs = 2000;
const barWidth = 24;
const nameWidth = 24;

type ProgressEvent = Extract<
  TransferEvent,
  { kind: "found" | "all-found" | "begun" | "progress" | "done" | "kept" | "failed" }
>;

interface Running {
  readonly sinceMs: number;
  news: TransferNews;
}

/** The line that shows how a copy goes on, from its first byte. */
export class TransferProgress {
  readonly #output: Pick<Output, "progress">;
  readonly #now: () => number;
  readonly #keys: Pick<KeysClock, "timeLeft"> | undefined;
  readonly #running = new Map<CopyJob, Running>();
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];
  #found = 0;
  #foundBytes = 0;
  /** Files to upload are found by their names alone. */
  #isSizeKnown = true;
  #isAllFound = false;
  #ended = 0;
  #endedBytes = 0;
  readonly #beganAt: number;
  #drawnAt = Number.NEGATIVE_INFINITY;

  /** `keys`: tells when the keys end, where that matters. Default: nobody does. */
  constructor(
    output: Pick<Output, "progress">,
    now: () => number = Date.now,
    keys?: Pick<KeysClock, "timeLeft">,
  ) {
    this.#output = output;
    this.#keys = keys;
    this.#now = now;
    this.#beganAt = now();
    this.#samples.push({ at: this.#beganAt, bytes: 0 });
  }

  tell(event: ProgressEvent): void {
    switch (event.kind) {
      case "found":
        this.#found += 1;
        this.#foundBytes += event.sizeBytes ?? 0;
        this.#isSizeKnown &&= event.sizeBytes !== undefined;
        return;
      case "all-found":
        this.#isAllFound = true;
        return;
      case "begun":
        this.#running.set(event.job, { sinceMs: this.#now(), news: { doneBytes: 0 } });
        return;
      case "progress": {
        const running = this.#running.get(event.job);
        if (running !== undefined) running.news = event.news;
        break;
      }
      case "done":
        this.#end(event.job, event.sizeBytes);
        break;
      case "kept":
      case "failed":
        this.#end(event.job, 0);
    }
    this.#draw();
  }

  #end(job: CopyJob, sizeBytes: number): void {
    this.#running.delete(job);
    this.#ended += 1;
    this.#endedBytes += sizeBytes;
  }

  #draw(): void {
    const at = this.#now();
    if (at - this.#drawnAt < redrawMs) return;
    this.#drawnAt = at;
    this.#output.progress(this.#line(at));
  }

  #line(at: number): string {
    let bytes = this.#endedBytes;
    for (const { news } of this.#running.values()) bytes += news.doneBytes;
    const rate = this.#rate(at, bytes);
    const speed = `${formatBytes(Math.round(rate))}/s`;
    const [only] = this.#running.values();
    const isOne = this.#found <= 1 && this.#ended === 0 && this.#running.size === 1;
    if (isOne && only?.news.totalBytes !== undefined) {
      const { doneBytes, totalBytes } = only.news;
      const left = rate > 0 ? (totalBytes - doneBytes) / rate : undefined;
      return joined(progressBar(doneBytes, totalBytes, left, speed), this.#keysLeft(at, left));
    }
    const left = this.#secondsLeft(at, bytes, rate);
    const about = this.#isAllFound && this.#isSizeKnown ? "" : "~";
    const time = left === undefined ? "" : `${about}${formatDuration(left)} left`;
    return joined(this.#counts(bytes), speed, time, this.#keysLeft(at, left), this.#slowest(at));
  }

  /** What is still being looked for makes totals that may grow: `~`. */
  #counts(bytes: number): string {
    if (this.#found === 0) return `${this.#ended} done, ${formatBytes(bytes)}`;
    const about = this.#isAllFound ? "" : "~";
    const total = this.#isSizeKnown ? ` of ${about}${formatBytes(this.#foundBytes)}` : "";
    return `${this.#ended} of ${about}${this.#found}, ${formatBytes(bytes)}${total}`;
  }

  /** By bytes where all sizes are known, else by objects. */
  #secondsLeft(at: number, bytes: number, rate: number): number | undefined {
    if (this.#found > 0 && this.#isSizeKnown) {
      return rate <= 0 ? undefined : Math.max(0, this.#foundBytes - bytes) / rate;
    }
    const elapsedMs = at - this.#beganAt;
    if (this.#ended === 0 || this.#found === 0) return undefined;
    return ((this.#found - this.#ended) * elapsedMs) / this.#ended / 1000;
  }

  #keysLeft(at: number, workSeconds: number | undefined): string {
    return this.#keys?.timeLeft(at, workSeconds) ?? "";
  }

  #slowest(at: number): string {
    const [first] = this.#running;
    if (first === undefined || at - first[1].sinceMs < slowMs) return "";
    const [job, { news }] = first;
    const { doneBytes, totalBytes } = news;
    const share =
      totalBytes === undefined || totalBytes === 0
        ? formatBytes(doneBytes)
        : `${Math.floor((doneBytes * 100) / totalBytes)}%`;
    return `${nameOf(job)} ${share}`;
  }

  /** Bytes a second of the last seconds. */
  #rate(at: number, bytes: number): number {
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > rateWindowMs) {
      this.#samples.shift();
    }
    const oldest = this.#samples[0] ?? { at, bytes };
    const elapsedMs = at - oldest.at;
    return elapsedMs > 0 ? ((bytes - oldest.bytes) * 1000) / elapsedMs : 0;
  }
}

function nameOf(job: CopyJob): string {
  const name =
    job.kind === "upload" ? win32.basename(job.file) : posix.basename(job.from.key) || job.from.key;
  return printable(name.length <= nameWidth ? name : `...${name.slice(3 - nameWidth)}`);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(", ");
}

function progressBar(
  doneBytes: number,
  totalBytes: number,
  secondsLeft: number | undefined,
  speed: string,
): string {
  const share = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes);
  const filled = Math.round(share * barWidth);
  const bar = `${"#".repeat(filled)}${"-".repeat(barWidth - filled)}`;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const sizes = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
  const left = secondsLeft === undefined ? "" : `, ${formatDuration(secondsLeft)} left`;
  return `[${bar}]${percent}  ${sizes}, ${speed}${left}`;
}
