import { assert } from "../../../core/assert.ts";
import { parseChecksumAlgorithm } from "../../../core/checksum.ts";
import type { ListedRows } from "../../../core/listed-rows.ts";
import type { ListedObject } from "../../../core/object-store.ts";
import { protocolLimits } from "../../../core/limits.ts";
import { giveMemory, takeMemory } from "../../../core/spare-memory.ts";
import { EntryValues } from "./entry-values.ts";
import type { PageValues } from "./page-values.ts";

/** The leaves of `Contents` that are read. */
export const objectLeaves = [
  "Key",
  "Size",
  "ETag",
  "LastModified",
  "StorageClass",
  "ChecksumAlgorithm",
  "ChecksumType",
];

/** Places among them. */
const slots = { key: 0, size: 1, etag: 2, lastModified: 3, storageClass: 4, algorithm: 5, type: 6 };
/** Numbers of one row: where the value of each leaf begins and ends. */
const width = 2 * objectLeaves.length;
const firstRows = 64;

/**
 * The objects of a page as its bytes and where the values are in them. While many pages wait to be looked
 * at, they are no work for the collector of garbage then.
 */
export class ObjectRows implements ListedRows {
  readonly #page: PageValues;
  readonly isAscending: boolean;
  readonly length: number;
  readonly #values: EntryValues;
  readonly #spans: Int32Array;
  #isOver = false;

  constructor(
    page: PageValues,
    found: Pick<ObjectRows, "isAscending" | "length">,
    spans: Int32Array,
  ) {
    this.#page = page;
    this.#spans = spans;
    this.#values = new EntryValues(page, spans, width);
    this.isAscending = found.isAscending;
    this.length = found.length;
  }

  key(row: number): string {
    return this.#at(row).name(slots.key);
  }

  writeKey(row: number, target: Uint8Array, at: number): number {
    return this.#at(row).writePlain(slots.key, target, at);
  }

  sizeBytes(row: number): number {
    return this.#at(row).number(slots.size);
  }

  lastModifiedMs(row: number): number {
    return this.#at(row).time(slots.lastModified);
  }

  storageClass(row: number): string | undefined {
    return this.#at(row).word(slots.storageClass);
  }

  object(row: number): ListedObject {
    return readObject(this.#at(row));
  }

  objects(): ListedObject[] {
    return Array.from({ length: this.length }, (_, row) => this.object(row));
  }

  slice(start: number, end: number): ObjectRows {
    this.#end();
    const { isAscending } = this;
    const spans = this.#spans.subarray(start * width, end * width);
    return new ObjectRows(this.#page, { isAscending, length: end - start }, spans);
  }

  release(): void {
    this.#end();
    giveMemory(this.#spans.buffer);
    giveMemory(this.#page.bytes.buffer);
  }

  /** The values of a row, until another is asked for. */
  #at(row: number): EntryValues {
    assert(!this.#isOver, "Rows of a listing were looked at after their memory was given back.");
    this.#values.moveTo(row);
    return this.#values;
  }

  #end(): void {
    assert(!this.#isOver, "Rows of a listing were given back twice.");
    this.#isOver = true;
  }
}

/** Writes down the entries of a page one after the other. */
export class ObjectRowsMaker {
  readonly #page: PageValues;
  #spans = new Int32Array(firstRows * width);
  #length = 0;
  #isAscending = true;

  constructor(page: PageValues) {
    this.#page = page;
  }

  add(values: EntryValues): void {
    const at = this.#length * width;
    if (at === this.#spans.length) this.#grow();
    values.copyTo(this.#spans, at);
    this.#length += 1;
    this.#isAscending &&= at === 0 || this.#comesBehind(at);
  }

  rows(): ObjectRows {
    const found = { isAscending: this.#isAscending, length: this.#length };
    return new ObjectRows(this.#page, found, this.#spans);
  }

  /** To as many rows as the page has, if they are all as long as those until now. */
  #grow(): void {
    const spans = this.#spans;
    const lastEnd = spans[spans.length - width + 1] ?? -1;
    const expected =
      lastEnd > 0 ? Math.ceil((this.#page.bytes.length / lastEnd) * this.#length) : 0;
    const rows = Math.max(Math.min(expected, protocolLimits.listedEntries), 2 * this.#length);
    this.#spans = new Int32Array(takeMemory(rows * width * Int32Array.BYTES_PER_ELEMENT));
    this.#spans.set(spans);
    giveMemory(spans.buffer);
  }

  /** Whether the key of the row at that place comes behind that of the one before it. */
  #comesBehind(at: number): boolean {
    const spans = this.#spans;
    const [first = -1, firstEnd = -1] = [spans[at - width], spans[at - width + 1]];
    const [second = -1, secondEnd = -1] = [spans[at], spans[at + 1]];
    return this.#page.areInOrder(first, firstEnd, second, secondEnd);
  }
}

type Entry = { -readonly [Name in keyof ListedObject]: ListedObject[Name] };

function readObject(values: EntryValues): ListedObject {
  const entry: Entry = {
    key: values.name(slots.key),
    sizeBytes: values.number(slots.size),
    etag: values.etag(slots.etag),
    lastModified: values.date(slots.lastModified),
  };
  const algorithm = parseChecksumAlgorithm(values.word(slots.algorithm) ?? "");
  if (algorithm !== undefined) entry.checksumAlgorithm = algorithm;
  const type = values.word(slots.type);
  if (type === "FULL_OBJECT" || type === "COMPOSITE") entry.checksumType = type;
  const storageClass = values.word(slots.storageClass);
  if (storageClass !== undefined) entry.storageClass = storageClass;
  return entry;
}
