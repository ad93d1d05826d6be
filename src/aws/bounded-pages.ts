import { StorageError } from "../core/errors.ts";
import { listingLimits } from "../core/listing-limits.ts";

/** Pages of one listing after the other, of which all of an operation are counted together. */
export type BoundedPages = <Page extends object>(
  pages: AsyncIterable<Page>,
) => AsyncGenerator<Page, void>;

/**
 * Bounds the listings of one operation: a store that is broken, or means harm, may name a next page
 * for ever. Throws StorageError Unknown for a token that comes again, for page after page without an
 * entry, and for more pages or entries than there can be.
 */
export function boundedPages(
  operation: string,
  mostEntries: number = listingLimits.entries,
): BoundedPages {
  let pagesSeen = 0;
  let entries = 0;
  return async function* bounded(pages) {
    const tokens = new Set<string>();
    let emptyInRow = 0;
    for await (const page of pages) {
      pagesSeen += 1;
      const held = entriesOf(page);
      entries += held;
      emptyInRow = held === 0 ? emptyInRow + 1 : 0;
      if (emptyInRow > listingLimits.emptyPagesInRow) {
        throw endless(operation, `${emptyInRow} pages without an entry came one after the other`);
      }
      if (pagesSeen > listingLimits.pages)
        throw endless(operation, `over ${pagesSeen - 1} pages came`);
      if (entries > mostEntries) {
        throw endless(operation, `over ${mostEntries} entries came`);
      }
      const token = nextToken(page);
      if (token !== undefined && tokens.has(token)) {
        throw endless(operation, "a page named a next one that was there already");
      }
      if (token !== undefined) tokens.add(token);
      yield page;
    }
  };
}

function entriesOf(page: object): number {
  let held = 0;
  for (const value of Object.values(page)) if (Array.isArray(value)) held += value.length;
  return held;
}

/** As Organizations and IAM name it. */
function nextToken(page: { readonly NextToken?: unknown; readonly Marker?: unknown }) {
  const token = page.NextToken ?? page.Marker;
  return typeof token === "string" && token !== "" ? token : undefined;
}

function endless(operation: string, what: string): StorageError {
  return new StorageError("Unknown", `${operation}: the listing does not end: ${what}.`, {
    operation,
    remedy: "Look at the endpoint that is asked: its answers are not as AWS gives them.",
  });
}
