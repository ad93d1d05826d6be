import { compareKeys } from "../../core/object-key.ts";
import { StorageError, isStorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { circularPaging } from "../../core/next-place.ts";
import type { ListedObject, ListPage } from "../../core/object-store.ts";
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
    const objects = this.#ordered(segment, page.objects);
    if (objects === undefined) return;
    const kept = upTo(objects, segment.until);
    if (segment.isTried) this.#pace.tried(kept.length > 0);
    segment.isTried = false;
    segment.last = objects.at(-1)?.key ?? segment.last;
    const isCut = kept.length < objects.length;
    const next = placeBehind(page);
    segment.state = isCut || next === undefined || isReached(segment) ? "done" : "idle";
    // What was cut off is on this page, should nobody else get to list it.
    if (!isCut) {
      segment.place = next;
      if (next === undefined) this.#endAt(segment);
    }
    this.#keep(segment, kept.length === page.objects.length ? page : { ...page, objects: kept });
  }

  #keep(segment: Segment, page: ListPage): void {
    // Only the listing itself shows its empty pages.
    if (page.objects.length === 0 && this.#wasSplit) return;
    segment.ready.push(page);
    this.#buffered += 1;
  }

  /** The objects of a page behind those before it; undefined when the page is not to be taken. */
  #ordered(
    segment: Segment,
    objects: readonly ListedObject[],
  ): readonly ListedObject[] | undefined {
    const before = segment.last ?? segment.after;
    if (this.#isFlat && !this.#wasSplit) return objects;
    if (isAscending(objects, before)) return objects;
    if (segment.isTried) {
      this.#rejoin(segment);
      return undefined;
    }
    if (this.#wasSplit) {
      // A segment that goes on by the token of the one before it has some of its keys once more.
      const rest = before === undefined ? objects : behind(objects, before);
      if (isAscending(rest, before)) return rest;
      throw this.#unordered();
    }
    this.#isFlat = true;
    return objects;
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

function isAscending(objects: readonly ListedObject[], before: string | undefined): boolean {
  let previous = before;
  for (const { key } of objects) {
    if (previous !== undefined && compareKeys(previous, key) >= 0) return false;
    previous = key;
  }
  return true;
}

function upTo(
  objects: readonly ListedObject[],
  until: string | undefined,
): readonly ListedObject[] {
  const last = objects.at(-1);
  if (until === undefined || last === undefined || compareKeys(last.key, until) <= 0) {
    return objects;
  }
  return objects.slice(
    0,
    objects.findIndex(({ key }) => compareKeys(key, until) > 0),
  );
}

function behind(objects: readonly ListedObject[], before: string): readonly ListedObject[] {
  const start = objects.findIndex(({ key }) => compareKeys(key, before) > 0);
  return start === -1 ? [] : objects.slice(start);
}
