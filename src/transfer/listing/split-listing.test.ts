import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageOfRows, rowsOfObjects } from "../../core/list-page.ts";
import { compareKeys } from "../../core/object-key.ts";
import type { ListedObject, ListPage } from "../../core/object-store.ts";
import { failure } from "../testing-fixtures/memory-store.ts";
import { ListingPace } from "./listing-pace.ts";
import { SplitListing, type Pace, type PagePlace } from "./split-listing.ts";

/** Splits wherever it can, from the first page on. */
function eager(lanes = 8): Pace {
  return {
    lanes,
    maySplit: true,
    gaveOut: () => undefined,
    waits: () => () => undefined,
    tried: () => undefined,
    read: () => undefined,
  };
}

function listed(key: string): ListedObject {
  return { key, sizeBytes: 1, etag: '"e"', lastModified: new Date(0) };
}

interface Lister {
  readonly keys: readonly string[];
  readonly pageKeys?: number;
  readonly order?: (a: string, b: string) => number;
  readonly knowsStartAfter?: boolean;
  readonly fails?: (place: PagePlace) => Error | undefined;
  /** How long an answer takes, in turns of the event loop. Default: a few, now more and now fewer. */
  readonly turns?: (place: PagePlace, call: number) => number;
}

/** A store's listing whose answers come in no certain order, with what was asked for. */
class FakeListing {
  readonly asked: PagePlace[] = [];
  most = 0;
  readonly #lister: Lister;
  readonly #sorted: readonly string[];
  #open = 0;

  constructor(lister: Lister) {
    this.#lister = lister;
    this.#sorted = lister.keys.toSorted(lister.order ?? compareKeys);
  }

  readonly read = async (place: PagePlace): Promise<ListPage> => {
    this.asked.push(place);
    this.#open += 1;
    this.most = Math.max(this.most, this.#open);
    const call = this.asked.length;
    for (let turn = this.#lister.turns?.(place, call) ?? call % 5; turn >= 0; turn -= 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#open -= 1;
    const error = this.#lister.fails?.(place);
    if (error !== undefined) throw error;
    return this.#page(place);
  };

  #page({ continuationToken, startAfter }: PagePlace): ListPage {
    const { pageKeys = 3, order = compareKeys, knowsStartAfter = true } = this.#lister;
    const after = knowsStartAfter ? startAfter : undefined;
    const behind = after === undefined ? 0 : this.#sorted.findIndex((key) => order(key, after) > 0);
    const begin = behind === -1 ? this.#sorted.length : behind;
    const start = continuationToken === undefined ? begin : Number(continuationToken);
    const end = start + pageKeys;
    const objects = this.#sorted.slice(start, end).map(listed);
    const rest = {
      commonPrefixes: [],
      ...(end < this.#sorted.length && { continuationToken: String(end) }),
    };
    // One as other stores answer, then one as a client does.
    if (this.asked.length % 2 === 1) return { objects, ...rest };
    return pageOfRows(rowsOfObjects(objects), rest);
  }
}

async function keysOf(listing: FakeListing, pace: Pace = eager()): Promise<string[]> {
  const keys: string[] = [];
  const split = new SplitListing({ bucket: "b", prefix: "", read: listing.read }, pace);
  for await (const page of split.pages()) keys.push(...page.objects.map(({ key }) => key));
  return keys;
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `run-${String(index).padStart(6, "0")}/out.tsv`);

const awkward = fc.uniqueArray(
  fc.oneof(
    fc.stringMatching(/^[ab/0-]{1,6}$/),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
    fc.stringMatching(/^exp-[0-3]\/run-[0-9]{1,3}\/[a-f0-9]{2}$/),
    fc.nat({ max: 5000 }).map((number) => `x/${String(number).padStart(4, "0")}`),
  ),
  { maxLength: 200 },
);

const refusesToBegin = ({ startAfter }: PagePlace): Error | undefined =>
  startAfter === undefined ? undefined : failure("PermissionDenied");

describe("SplitListing", () => {
  it("gives every key once and in order, whatever the keys are", async () => {
    await fc.assert(
      fc.asyncProperty(awkward, fc.integer({ min: 1, max: 9 }), async (keys, pageKeys) => {
        const listing = new FakeListing({ keys, pageKeys });
        expect(await keysOf(listing)).toEqual(keys.toSorted(compareKeys));
      }),
      { numRuns: 200 },
    );
  });

  it("asks for several pages at a time, and for few more than there are", async () => {
    const listing = new FakeListing({ keys: numbered(40_000), pageKeys: 1000 });
    expect(await keysOf(listing)).toHaveLength(40_000);
    expect(listing.most).toBe(8);
    expect(listing.asked.length).toBeLessThan(50);
  });

  it("asks for the pages alone where the reader need not wait", async () => {
    const listing = new FakeListing({ keys: numbered(20_000), pageKeys: 1000 });
    await keysOf(listing, new ListingPace(() => 0));
    expect(listing.asked).toHaveLength(20);
  });

  it("lists on where a store does not know from where to begin", async () => {
    const keys = numbered(20_000);
    const listing = new FakeListing({ keys, pageKeys: 1000, knowsStartAfter: false });
    expect(await keysOf(listing)).toEqual(keys);
  });

  it("lists on where a store refuses to begin in between", async () => {
    const keys = numbered(20_000);
    const listing = new FakeListing({
      keys,
      pageKeys: 1000,
      fails: refusesToBegin,
    });
    expect(await keysOf(listing)).toEqual(keys);
  });

  it("loses and doubles no key at which it is split", async () => {
    // Guesses hit keys that there are.
    const keys = Array.from({ length: 12_000 }, (_, n) => `x/${String(n).padStart(5, "0")}`);
    const guesses: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 990, max: 1000 }), async (pageKeys) => {
        const listing = new FakeListing({ keys, pageKeys });
        expect(await keysOf(listing)).toEqual(keys);
        guesses.push(...listing.asked.flatMap(({ startAfter }) => startAfter ?? []));
      }),
      { numRuns: 12 },
    );
    expect(keys.filter((key) => guesses.includes(key))).not.toEqual([]);
  });

  it.each([
    ["refuses", { fails: refusesToBegin }],
    ["does not know", { knowsStartAfter: false }],
  ])("loses no key where a store %s late where to begin", async (_how, lister) => {
    const keys = numbered(20_000);
    const slow = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 8 }), slow, async (lanes, late) => {
        const turns = ({ startAfter }: PagePlace): number => (startAfter === undefined ? 0 : late);
        const listing = new FakeListing({ keys, pageKeys: 1000, turns, ...lister });
        expect(await keysOf(listing, eager(lanes))).toEqual(keys);
      }),
      { numRuns: 12 },
    );
  });

  it("lists page after page what is in no order", async () => {
    const keys = numbered(9000).toReversed();
    const listing = new FakeListing({
      keys,
      pageKeys: 1000,
      order: (a, b) => compareKeys(b, a),
    });
    expect(await keysOf(listing)).toEqual(keys);
    expect(listing.most).toBe(1);
  });

  it("refuses to go on where the order is lost later on", async () => {
    const keys = numbered(20_000);
    const at = (key: string): number => keys.indexOf(key);
    const swapped = [...keys.slice(0, 15_500), ...keys.slice(15_500).toReversed()];
    const rank = new Map(swapped.map((key, index) => [key, index]));
    const order = (a: string, b: string): number => (rank.get(a) ?? at(a)) - (rank.get(b) ?? at(b));
    const listing = new FakeListing({ keys, pageKeys: 1000, order });
    await expect(keysOf(listing)).rejects.toMatchObject({ code: "IntegrityError" });
  });

  it("throws what a page throws in its turn, and stops asking", async () => {
    const listing = new FakeListing({
      keys: numbered(20_000),
      pageKeys: 1000,
      fails: ({ continuationToken }) =>
        continuationToken === "2000" ? failure("Unavailable") : undefined,
    });
    await expect(keysOf(listing)).rejects.toMatchObject({ code: "Unavailable" });
    expect(listing.asked.length).toBeLessThan(6);
  });

  it("stops asking once nobody reads on", async () => {
    const listing = new FakeListing({ keys: numbered(90_000), pageKeys: 1000 });
    const source = { bucket: "b", prefix: "", read: listing.read };
    let pages = 0;
    for await (const page of new SplitListing(source, eager()).pages()) {
      pages += page.objects.length > 0 ? 1 : 0;
      if (pages === 10) break;
    }
    const asked = listing.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(listing.asked).toHaveLength(asked);
    expect(asked).toBeLessThan(50);
  });
});
