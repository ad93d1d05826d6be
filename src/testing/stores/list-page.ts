import { s3Limits } from "../../core/limits.ts";
import { compareKeys } from "../../core/object-key.ts";
import type { Place, Shelf } from "./shelf.ts";

export interface PageRequest {
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly limit?: number | undefined;
  /** Undefined: from the start. */
  readonly from?: Place | undefined;
}

export interface Page<T> {
  readonly entries: readonly T[];
  readonly commonPrefixes: readonly string[];
  /** Set when there is more: the last key or common prefix of the page. */
  readonly last?: string;
}

/**
 * A page of a listing: what `entriesOf` makes of each key, keys with a common prefix rolled up. It may
 * make several of a key, or none.
 */
export async function listPage<T>(
  shelf: Pick<Shelf, "keys">,
  request: PageRequest,
  entriesOf: (key: string) => Promise<readonly T[]>,
): Promise<Page<T>> {
  const { prefix = "" } = request;
  const draft = new PageDraft<T>(request);
  const start: Place = { key: prefix, from: "at" };
  let place: Place | undefined = later(request.from ?? start, start);
  while (place !== undefined) {
    const here: Place = place;
    place = undefined;
    for await (const key of shelf.keys(here)) {
      if (!key.startsWith(prefix)) break;
      const step = draft.add(key, await entriesOf(key));
      if (step === "full") return draft.page(true);
      if (step === undefined) continue;
      place = step;
      break;
    }
  }
  return draft.page(false);
}

/** A page that is being filled. */
class PageDraft<T> {
  readonly #request: PageRequest;
  readonly #limit: number;
  readonly #entries: T[] = [];
  readonly #commonPrefixes: string[] = [];
  #last: string | undefined;

  constructor(request: PageRequest) {
    this.#request = request;
    this.#limit = Math.min(request.limit ?? s3Limits.listPageKeys, s3Limits.listPageKeys);
  }

  /** Where to go on when it is not with the next key. */
  add(key: string, found: readonly T[]): Place | "full" | undefined {
    if (found.length === 0) return undefined;
    const { prefix = "", delimiter } = this.#request;
    const group = commonPrefix(key, prefix, delimiter ?? "");
    for (const entry of found) {
      if (this.#entries.length + this.#commonPrefixes.length >= this.#limit) return "full";
      this.#last = group ?? key;
      if (group === undefined) {
        this.#entries.push(entry);
        continue;
      }
      this.#commonPrefixes.push(group);
      return { key: group, from: "behind-all" };
    }
    return undefined;
  }

  page(isCut: boolean): Page<T> {
    return {
      entries: this.#entries,
      commonPrefixes: this.#commonPrefixes,
      ...(isCut && this.#last !== undefined && { last: this.#last }),
    };
  }
}

function later(place: Place, start: Place): Place {
  return compareKeys(place.key, start.key) < 0 ? start : place;
}

/** Where the page behind `last` begins. */
export function placeBehind(
  last: string,
  prefix: string | undefined,
  delimiter: string | undefined,
): Place {
  const group = commonPrefix(last, prefix ?? "", delimiter ?? "");
  return group === undefined ? { key: last, from: "behind" } : { key: group, from: "behind-all" };
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "" || !key.startsWith(prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}
