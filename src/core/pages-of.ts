/**
 * All pages of a listing, from its beginning on, one at a time. Throws what `circular` makes when a
 * page leads back to a place where the listing has been: it would never end. Takes no memory, however
 * many the pages are (Brent's way of finding cycles).
 */
export async function* pagesOf<Page, Place>(listing: {
  /** Asks for the page at a place; undefined is the beginning. */
  read(place: Place | undefined): Promise<Page>;
  /** Where the next page begins; undefined at the end. A plain value, compared by its members. */
  next(page: Page): Place | undefined;
  circular(): Error;
}): AsyncGenerator<Page, void> {
  let place: Place | undefined;
  let remembered: string | undefined;
  let since = 0;
  let until = 1;
  do {
    const page = await listing.read(place);
    yield page;
    place = listing.next(page);
    const text = JSON.stringify(place);
    if (place !== undefined && text === remembered) throw listing.circular();
    since += 1;
    if (since === until) {
      remembered = text;
      since = 0;
      until *= 2;
    }
  } while (place !== undefined);
}
