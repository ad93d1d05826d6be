import type { Output } from "../output.ts";
import { formatBytes } from "../format.ts";

/** How often the line is written anew, and over how long the rate is taken; milliseconds. */
const redrawMs = 100;
const rateWindowMs = 5000;
const barWidth = 24;

/** Bytes so far, and of how many where that is known. */
export interface TransferNews {
  readonly doneBytes: number;
  readonly totalBytes?: number;
}

/** The line that shows how a copy goes on; nothing where there is no terminal. */
export class TransferProgress {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #running = new Set<{ news: TransferNews }>();
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];
  #copied = 0;
  #endedBytes = 0;
  #drawnAt = 0;

  constructor(output: Output, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
    this.#samples.push({ at: now(), bytes: 0 });
  }

  /** One object begins; the answer takes its news. */
  begin(): { update(news: TransferNews): void; end(copied: boolean): void } {
    const running: { news: TransferNews } = { news: { doneBytes: 0 } };
    this.#running.add(running);
    return {
      update: (news) => {
        running.news = news;
        this.#draw();
      },
      end: (copied) => {
        this.#running.delete(running);
        if (!copied) return;
        this.#copied += 1;
        this.#endedBytes += running.news.doneBytes;
        this.#draw();
      },
    };
  }

  #draw(): void {
    const at = this.#now();
    if (at - this.#drawnAt < redrawMs) return;
    this.#drawnAt = at;
    this.#output.progress(this.#line(at));
  }

  #line(at: number): string {
    let bytes = this.#endedBytes;
    for (const { news } of this.#running) bytes += news.doneBytes;
    const rate = this.#rate(at, bytes);
    const speed = `${formatBytes(Math.round(rate))}/s`;
    const { doneBytes = 0, totalBytes } = [...this.#running][0]?.news ?? {};
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
