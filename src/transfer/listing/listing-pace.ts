import { transferLimits } from "../../core/limits.ts";
import { steadyNow } from "../../core/steady-now.ts";

/** How much faster more pages at a time have to be, to be worth it. */
const leastGain = 1.15;
/** Milliseconds to wait for a page that are hardly worth more requests: a busy machine takes as long. */
const unnoticedMs = 8;
/** Share of the time that this process is at work, from which on no more than that can be gained. */
const busyShare = 1 / leastGain;
/** Segments in vain before the guesses are given up for a while, beside one in four. */
const patience = 4;
/** Pages until it is tried again. */
const pausePages = 64;
/** The same for more pages at a time that came no faster; twice as many after each trial in vain. */
const shortPausePages = 8;

/**
 * How many pages of a listing are asked for at a time: more as long as the reader has to wait for them
 * and they come faster, and no new segments while too many turn out empty.
 */
export class ListingPace {
  lanes = 1;
  readonly #now: () => number;
  readonly #busyMs: () => number;
  #given = 0;
  #read = 0;
  #waitedMs = 0;
  #since = { at: 0, busyMs: 0, read: 0 };
  #best = { rate: 0, lanes: 1 };
  #useful = 0;
  #useless = 0;
  #pausedUntil: number = transferLimits.listingFlatPages;
  #pausePages = shortPausePages;
  #splitsAgainAt = 0;

  /** `now`: milliseconds from any moment on; `busyMs`: of them, those that this process was at work. */
  constructor(
    now: () => number = steadyNow,
    busyMs: () => number = () => performance.eventLoopUtilization().active,
  ) {
    this.#now = now;
    this.#busyMs = busyMs;
  }

  get maySplit(): boolean {
    return this.lanes > 1 && this.#given >= this.#splitsAgainAt;
  }

  gaveOut(): void {
    this.#given += 1;
  }

  /** The reader waits, until what this answers is called. */
  waits(): () => void {
    const from = this.#now();
    return () => {
      this.#waitedMs += this.#now() - from;
    };
  }

  /** The first page of a segment came. */
  tried(hasKeys: boolean): void {
    if (hasKeys) this.#useful += 1;
    else this.#useless += 1;
    if (this.#useless <= this.#useful / 4 + patience) return;
    this.#splitsAgainAt = this.#given + pausePages;
    this.#useful = 0;
    this.#useless = 0;
  }

  /** A page came. */
  read(): void {
    this.#read += 1;
    const pages = this.#read - this.#since.read;
    if (this.#given < this.#pausedUntil) {
      // Most listings have one page, and Node loads what counts the work when it is first asked.
      if (this.#read > 1) this.#begin();
    } else if (pages >= 2 * this.lanes) this.#judge(pages);
  }

  #begin(): void {
    this.#since = { at: this.#now(), busyMs: this.#busyMs(), read: this.#read };
    this.#waitedMs = 0;
  }

  #judge(pages: number): void {
    const tookMs = Math.max(1, this.#now() - this.#since.at);
    const rate = pages / tookMs;
    const busyMs = this.#busyMs() - this.#since.busyMs;
    const isBusy = busyMs > tookMs * busyShare;
    // With more lanes, each page is waited for less, though each takes as long.
    const waits = !isBusy && this.#waitedMs * this.lanes > pages * unnoticedMs;
    this.#begin();
    if (this.lanes > this.#best.lanes) {
      if (rate <= this.#best.rate * leastGain) {
        this.lanes = this.#best.lanes;
        this.#pausedUntil = this.#given + this.#pausePages;
        this.#pausePages = Math.min(pausePages, this.#pausePages * 2);
        return;
      }
      this.#pausePages = shortPausePages;
    }
    this.#best = { rate, lanes: this.lanes };
    // Where hardly anything is done meanwhile, two steps are one.
    const step = busyMs < tookMs / 4 ? 4 : 2;
    if (waits) this.lanes = Math.min(transferLimits.listingLanes, this.lanes * step);
  }
}
