import type { CopyJob } from "../../transfer/jobs/copy-job.ts";
import type { TransferEvent, TransferNews } from "../../transfer/jobs/transfer-event.ts";
import { formatBytes } from "../format.ts";
import type { Output } from "../output.ts";

/** How often the line is written anew, and over how long the rate is taken; milliseconds. */
const redrawMs = 100;
const rateWindowMs = 5000;
const barWidth = 24;

/** The line that shows how a copy goes on; nothing where there is no terminal. */
export class TransferProgress {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #running = new Map<CopyJob, TransferNews>();
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];
  #copied = 0;
  #endedBytes = 0;
  #drawnAt = 0;

  constructor(output: Output, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
    this.#samples.push({ at: now(), bytes: 0 });
  }

  tell(event: Exclude<TransferEvent, { kind: "skipped" | "note" | "notice" }>): void {
    const { job } = event;
    if (event.kind === "begun") {
      this.#running.set(job, { doneBytes: 0 });
      return;
    }
    if (event.kind === "progress") {
      if (this.#running.has(job)) this.#running.set(job, event.news);
      this.#draw();
      return;
    }
    const doneBytes = this.#running.get(job)?.doneBytes ?? 0;
    this.#running.delete(job);
    if (event.kind !== "done") return;
    this.#copied += 1;
    this.#endedBytes += doneBytes;
    this.#draw();
  }

  #draw(): void {
    const at = this.#now();
    if (at - this.#drawnAt < redrawMs) return;
    this.#drawnAt = at;
    this.#output.progress(this.#line(at));
  }

  #line(at: number): string {
    let bytes = this.#endedBytes;
    for (const { doneBytes } of this.#running.values()) bytes += doneBytes;
    const rate = this.#rate(at, bytes);
    const speed = `${formatBytes(Math.round(rate))}/s`;
    const { doneBytes = 0, totalBytes }: Partial<TransferNews> =
      [...this.#running.values()][0] ?? {};
    if (this.#copied === 0 && this.#running.size === 1 && totalBytes !== undefined) {
      return progressBar(doneBytes, totalBytes, rate, speed);
    }
    return `${this.#copied} copied, ${formatBytes(bytes)}, ${speed}`;
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

function progressBar(doneBytes: number, totalBytes: number, rate: number, speed: string): string {
  const share = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes);
  const filled = Math.round(share * barWidth);
  const bar = `${"#".repeat(filled)}${"-".repeat(barWidth - filled)}`;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const sizes = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
  const left = rate > 0 ? `, ${formatDuration((totalBytes - doneBytes) / rate)} left` : "";
  return `[${bar}]${percent}  ${sizes}, ${speed}${left}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** `75` -> `1:15`, `3675` -> `1:01:15`. */
function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const rest = pad(whole % 60);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${pad(minutes)}:${rest}`;
}
