import type { PageValues } from "./page-values.ts";

/** The values of one entry after another, each named by its slot among the leaves that are read. */
export class EntryValues {
  readonly #page: PageValues;
  /** Where the value of each slot begins and ends; -1 of those that the entry does not have. */
  readonly #spans: Int32Array;
  /** Numbers of one entry among the spans. */
  readonly #width: number;
  readonly #words: (string | undefined)[];
  #base = 0;

  /** `width`: of the spans of one entry; default: they are of one. */
  constructor(page: PageValues, spans: Int32Array, width = spans.length) {
    this.#page = page;
    this.#spans = spans;
    this.#width = width;
    this.#words = Array.from({ length: width / 2 });
  }

  /** Goes to an entry, where the spans are of several. */
  moveTo(row: number): void {
    this.#base = row * this.#width;
  }

  /** Writes down where the values are. */
  copyTo(spans: Int32Array, at: number): void {
    for (let index = 0; index < this.#width; index += 1) {
      spans[at + index] = this.#spans[this.#base + index] ?? -1;
    }
  }

  has(slot: number): boolean {
    return this.#start(slot) !== -1;
  }

  /** A key; empty when there is none. */
  name(slot: number): string {
    return this.has(slot) ? this.#page.name(this.#start(slot), this.#end(slot)) : "";
  }

  /** Writes a name of printable ASCII. Answers where it ends, -1 for any other. */
  writePlain(slot: number, target: Uint8Array, at: number): number {
    return this.#page.writePlain(this.#start(slot), this.#end(slot), target, at);
  }

  etag(slot: number): string {
    return this.has(slot) ? this.#page.etag(this.#start(slot), this.#end(slot)) : "";
  }

  /** 0 when there is none. */
  number(slot: number): number {
    return this.has(slot) ? this.#page.number(this.#start(slot), this.#end(slot)) : 0;
  }

  /** 1970 when there is none. */
  date(slot: number): Date {
    return new Date(this.time(slot));
  }

  /** In milliseconds since 1970, which it is when there is none. */
  time(slot: number): number {
    return this.has(slot) ? this.#page.time(this.#start(slot), this.#end(slot)) : 0;
  }

  /** A text that many entries share, such as that of a storage class; it is made once in a row. */
  word(slot: number): string | undefined {
    if (!this.has(slot)) return undefined;
    const start = this.#start(slot);
    const end = this.#end(slot);
    const before = this.#words[slot];
    if (before !== undefined && this.#page.says(before, start, end)) return before;
    const word = this.#page.text(start, end);
    // What is as long as its bytes stands there as it is, unless references make it so.
    if (word.length === end - start && !word.includes("&")) this.#words[slot] = word;
    return word;
  }

  #start(slot: number): number {
    return this.#spans[this.#base + 2 * slot] ?? -1;
  }

  #end(slot: number): number {
    return this.#spans[this.#base + 2 * slot + 1] ?? -1;
  }
}
