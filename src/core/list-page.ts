import { assert } from "./assert.ts";
import { compareKeys } from "./object-key.ts";
import type { ListedRows } from "./listed-rows.ts";
import type { ListedObject, ListPage } from "./object-store.ts";

type RestOfPage = Omit<ListPage, "objects" | "rows">;

/**
 * A page whose objects are made when they are first asked for; then it lets go of the rows. A copy made
 * with `...` has none either, so that rows never tell of other objects than the page.
 */
export function pageOfRows(rows: ListedRows, rest: RestOfPage): ListPage {
  let waiting: ListedRows | undefined = rows;
  let made: readonly ListedObject[] = [];
  const objects = (): readonly ListedObject[] => {
    if (waiting === undefined) return made;
    made = waiting.objects();
    waiting.release();
    waiting = undefined;
    return made;
  };
  const page: RestOfPage = { ...rest };
  return Object.defineProperties(page, {
    objects: { enumerable: true, get: objects },
    rows: { get: () => waiting },
  }) as ListPage;
}

/** The rows of a page; of one that has none, those of its objects. */
export function rowsOf(page: ListPage): ListedRows {
  return page.rows ?? rowsOfObjects(page.objects);
}

export function rowsOfObjects(objects: readonly ListedObject[]): ListedRows {
  return new MadeRows(objects);
}

/** A page with some of its rows alone, `end` excluded. */
export function partOfPage(page: ListPage, start: number, end: number): ListPage {
  const { rows } = page;
  if (rows === undefined) return { ...page, objects: page.objects.slice(start, end) };
  const { commonPrefixes, continuationToken } = page;
  const token = continuationToken !== undefined && { continuationToken };
  return pageOfRows(rows.slice(start, end), { commonPrefixes, ...token });
}

class MadeRows implements ListedRows {
  readonly #objects: readonly ListedObject[];

  constructor(objects: readonly ListedObject[]) {
    this.#objects = objects;
  }

  get length(): number {
    return this.#objects.length;
  }

  get isAscending(): boolean {
    let previous: string | undefined;
    for (const { key } of this.#objects) {
      if (previous !== undefined && compareKeys(previous, key) >= 0) return false;
      previous = key;
    }
    return true;
  }

  key(row: number): string {
    return this.#objects[row]?.key ?? "";
  }

  writeKey(): number {
    return -1;
  }

  sizeBytes(row: number): number {
    return this.#objects[row]?.sizeBytes ?? 0;
  }

  lastModifiedMs(row: number): number {
    return this.#objects[row]?.lastModified.getTime() ?? Number.NaN;
  }

  storageClass(row: number): string | undefined {
    return this.#objects[row]?.storageClass;
  }

  object(row: number): ListedObject {
    const object = this.#objects[row];
    assert(object !== undefined, "There is no such row.");
    return object;
  }

  objects(): readonly ListedObject[] {
    return this.#objects;
  }

  slice(start: number, end: number): ListedRows {
    return new MadeRows(this.#objects.slice(start, end));
  }

  release(): void {
    // Its objects may be somebody else's too.
  }
}
