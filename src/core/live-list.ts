interface Place<Item> {
  readonly item: Item;
  before: Place<Item> | undefined;
  after: Place<Item> | undefined;
}

/**
 * What is there just now, in the order in which it came: for much that comes and goes. A Set makes a new table every
 * few entries, to which the one before it points: once one of them has become old in V8's heap, all that every later
 * one held is carried there, too.
 */
export class LiveList<Item> {
  #first: Place<Item> | undefined;
  #last: Place<Item> | undefined;

  /** The answer takes it out again; safe to call twice. */
  add(item: Item): () => void {
    const place: Place<Item> = { item, before: this.#last, after: undefined };
    if (this.#last === undefined) this.#first = place;
    else this.#last.after = place;
    this.#last = place;
    return () => this.#remove(place);
  }

  /** One after the other is taken out, also those that come meanwhile. */
  *takeAll(): Generator<Item, void> {
    for (let first = this.#first; first !== undefined; first = this.#first) {
      this.#remove(first);
      yield first.item;
    }
  }

  #remove(place: Place<Item>): void {
    const { before, after } = place;
    if (before === undefined && this.#first !== place) return;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    // What is out points to nothing that is in.
    place.before = undefined;
    place.after = undefined;
  }
}
