import { compareKeys } from "../../core/object-key.ts";
import { StorageError, isStorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { circularPaging } from "../../core/next-place.ts";
import { partOfPage, rowsOf } from "../../core/list-page.ts";
import type { ListedRows } from "../../core/listed-rows.ts";
import type { ListPage } from "../../core/object-store.ts";
import { onAbort } from "../../core/on-abort.ts";
import { pagesOf } from "../../core/pages-of.ts";
import { ListingPace } from "./listing-pace.ts";
import { ListingTrail } from "./listing-trail.ts";

const operation = "ListObjectsV2";

/** Where a page begins: at a token, behind a key, or undefined at the beginning. */
export interface PagePlace {
  readonly continuationToken?: string;
  readonly startAfter?: string;
}

/** What is listed. */
export interface SplitSource {
  readonly bucket: string;
  readonly prefix: string;
  readonly signal?: AbortSignal;
  /** Asks for one page. */
  read(place: PagePlace, signal: AbortSignal): Promise<ListPage>;
}

/** What decides how much is asked for at a time. */
export type Pace = Pick<ListingPace, "lanes" | "maySplit" | "gaveOut" | "waits" | "tried" | "read">;

/** The keys behind `after` up to `until`, each undefined where the listing itself begins or ends. */
interface Segment {
  after: string | undefined;
  until: string | undefined;
  source: AsyncGenerator<ListPage, void>;
  /** Read and not yet given out. */
  readonly ready: ListPage[];
  state: "idle" | "busy" | "done";
  /** Whether its first page is still to come, and may show that the split was of no use. */
  isTried: boolean;
  /** Of the last page. */
  last: string | undefined;
  /** Where the next page is; of one that is done, where those keys are that it left out; undefined at the end. */
  place: PagePlace | undefined;
  error: unknown;
}

/**
 * The pages of one listing in order, several asked for at a time: the listing is split at guessed keys
 * a few pages ahead, where the reader has to wait for pages and more at a time come faster. Memory
 * holds the pages of a bounded distance. Nothing is asked for in vain by listings of a few pages; where
 * a store does not list from a key on, or in another order, pages come one after the other.
 */
export class SplitListing {
  readonly #source: SplitSource;
  readonly #pace: Pace;
  readonly #controller = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #segments: Segment[];
  #buffered = 0;
  readonly #trail = new ListingTrail();
  /** Where the listing went on behind the segment given out last. */
  #lastPlace: PagePlace | undefined;
  #isFlat = false;
  #wasSplit = false;
  #wake: () => void = () => undefined;

  constructor(source: SplitSource, pace: Pace = new ListingPace()) {
    this.#source = source;
    this.#pace = pace;
    this.#segments = [this.#segment({}, undefined)];
  }

  /** Throws what a page throws, in its turn. */
  async *pages(): AsyncGenerator<ListPage, void> {
    const { signal } = this.#source;
    const stop = (): void => this.#controller.abort(signal?.reason);
    const release = signal === undefined ? () => false : onAbort(signal, stop);
    try {
      for (let front = this.#segments[0]; front !== undefined; front = this.#segments[0]) {
        const page = front.ready.shift();
        if (page !== undefined) {
          this.#giveOut(page);
          yield page;
        } else if (front.error !== undefined) {
          throw front.error;
        } else if (front.state === "done") {
          this.#lastPlace = front.place;
          this.#segments.shift();
        } else {
          await this.#wait();
        }
      }
    } finally {
      release();
      this.#controller.abort();
      await Promise.all(this.#running);
    }
  }

  #segment(place: PagePlace, until: string | undefined): Segment {
    const after = place.startAfter;
    return {
      after,
      until,
      source: this.#open(place),
      ready: [],
      state: "idle",
      isTried: after !== undefined,
      last: undefined,
      place,
      error: undefined,
    };
  }

  #open(begin: PagePlace): AsyncGenerator<ListPage, void> {
    const { bucket } = this.#source;
    return pagesOf({
      read: (continuationToken: string | undefined) =>
        this.#source.read(
          continuationToken === undefined ? begin : { continuationToken },
          this.#controller.signal,
        ),
      next: (page: ListPage) => page.continuationToken,
      circular: () => circularPaging({ operation, bucket }),
    });
  }

  #giveOut(page: ListPage): void {
    this.#buffered -= 1;
    this.#trail.add(page);
    this.#pace.gaveOut();
    this.#pump();
  }

  async #wait(): Promise<void> {
    this.#pump();
    const changed = new Promise<void>((resolve) => (this.#wake = resolve));
    const done = this.#pace.waits();
    await changed;
    done();
  }

  /** Asks for as many pages as may be asked for at a time, those given out first before all. */
  #pump(): void {
    while (this.#running.size < this.#pace.lanes) {
      const segment = this.#next();
      if (segment === undefined) return;
      const task: Promise<void> = this.#fetch(segment).finally(() => {
        this.#running.delete(task);
        this.#wake();
      });
      this.#running.add(task);
    }
  }

  #next(): Segment | undefined {
    const [front] = this.#segments;
    const isEmpty = front?.ready.length === 0;
    // What the reader waits for is asked for however much is held behind it.
    if (front !== undefined && isEmpty && isOpen(front)) return front;
    const window = this.#pace.lanes * transferLimits.listingPagesPerLane;
    if (this.#running.size + this.#buffered >= window) return undefined;
    return this.#segments.find(isOpen) ?? this.#split();
  }

  /** Cuts the keys that nobody reads yet off the last segment that is not done. */
  #split(): Segment | undefined {
    if (this.#isFlat || !this.#pace.maySplit) return undefined;
    const index = this.#segments.findLastIndex(({ state }) => state !== "done");
    const tail = this.#segments[index];
    const from = tail?.last ?? tail?.after;
    if (tail === undefined || from === undefined) return undefined;
    const at = this.#trail.guess(from, this.#source.prefix);
    if (at === undefined || !isBetween(from, at, tail.until)) return undefined;
    const segment = this.#segment({ startAfter: at }, tail.until);
    tail.until = at;
    this.#segments.splice(index + 1, 0, segment);
    this.#wasSplit = true;
    return segment;
  }

  async #fetch(segment: Segment): Promise<void> {
    segment.state = "busy";
    try {
      const { value: page } = await segment.source.next();
      if (page === undefined) segment.state = "done";
      else this.#take(segment, page);
    } catch (error) {
      segment.state = "idle";
      const isRefusal = segment.isTried && !isStorageError(error, "Aborted");
      if (isRefusal) this.#rejoin(segment);
      else segment.error = error;
    }
  }

  #take(segment: Segment, page: ListPage): void {
    this.#pace.read();
    const rows = rowsOf(page);
    const start = this.#startOf(segment, rows);
    if (start === undefined) return;
    const end = endBefore(rows, segment.until);
    const isCut = end < rows.length;
    if (segment.isTried) this.#pace.tried(end > start);
    segment.isTried = false;
    if (start < rows.length) segment.last = rows.key(rows.length - 1);
    const next = placeBehind(page);
    segment.state = isCut || next === undefined || isReached(segment) ? "done" : "idle";
    // What was cut off is on this page, should nobody else get to list it.
    if (!isCut) {
      segment.place = next;
      if (next === undefined) this.#endAt(segment);
    }
    // Only the listing itself shows its empty pages.
    if (end <= start && this.#wasSplit) return;
    segment.ready.push(end - start === rows.length ? page : partOfPage(page, start, end));
    this.#buffered += 1;
  }

  /** Where the keys of a page begin that come behind those before it; undefined when it is not to be taken. */
  #startOf(segment: Segment, rows: ListedRows): number | undefined {
    const before = segment.last ?? segment.after;
    if (this.#isFlat && !this.#wasSplit) return 0;
    const { isAscending } = rows;
    if (isAscending && isBehind(rows, before)) return 0;
    if (segment.isTried) {
      this.#rejoin(segment);
      return undefined;
    }
    if (this.#wasSplit) {
      if (!isAscending || before === undefined) throw this.#unordered();
      // A segment that goes on by the token of the one before it has some of its keys once more.
      return firstBehind(rows, before);
    }
    this.#isFlat = true;
    return 0;
  }

  /** The store did not list from a key on: the segment goes back to where it came from. */
  #rejoin(segment: Segment): void {
    this.#isFlat = true;
    const index = this.#segments.indexOf(segment);
    if (index === -1) return;
    const left = this.#segments[index - 1];
    if (left !== undefined && left.state !== "done") {
      left.until = segment.until;
      this.#segments.splice(index, 1);
      return;
    }
    const place = left === undefined ? this.#lastPlace : left.place;
    if (place === undefined) {
      this.#segments.splice(index, 1);
      return;
    }
    segment.place = place;
    segment.source = this.#open(place);
    segment.isTried = false;
    segment.state = "idle";
  }

  /** What was split off behind the end has nothing. */
  #endAt(segment: Segment): void {
    const index = this.#segments.indexOf(segment);
    if (index === -1) return;
    for (const { isTried } of this.#segments.splice(index + 1))
      if (isTried) this.#pace.tried(false);
  }

  #unordered(): StorageError {
    const { bucket, prefix } = this.#source;
    const message = `${operation}: the store lists ${bucket}/${prefix} in another order than that of keys.`;
    return new StorageError("IntegrityError", message, {
      operation,
      bucket,
      remedy: "Objects may be missing in the listing; list smaller prefixes.",
    });
  }
}

function placeBehind({ continuationToken }: ListPage): PagePlace | undefined {
  return continuationToken === undefined ? undefined : { continuationToken };
}

function isOpen({ state, error }: Segment): boolean {
  return state === "idle" && error === undefined;
}

function isBetween(from: string, at: string, until: string | undefined): boolean {
  return compareKeys(from, at) < 0 && (until === undefined || compareKeys(at, until) < 0);
}

function isReached({ last, until }: Segment): boolean {
  return until !== undefined && last !== undefined && compareKeys(last, until) >= 0;
}

function isBehind(rows: ListedRows, before: string | undefined): boolean {
  return before === undefined || rows.length === 0 || compareKeys(before, rows.key(0)) < 0;
}

/** Up to which of the rows in order keys come before or at a bound. */
function endBefore(rows: ListedRows, until: string | undefined): number {
  const { length } = rows;
  if (until === undefined || length === 0) return length;
  return compareKeys(rows.key(length - 1), until) > 0 ? firstBehind(rows, until) : length;
}

/** Of rows in order, the first one whose key comes behind another; their number when none does. */
function firstBehind(rows: ListedRows, key: string): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(rows.key(middle), key) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
