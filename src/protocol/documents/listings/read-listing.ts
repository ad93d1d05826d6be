import { protocolLimits } from "../../../core/limits.ts";
import { malformed } from "../read-element.ts";
import { EntryValues } from "./entry-values.ts";
import { EntryShape, type FoundValue } from "./entry-shape.ts";
import { holds, scanElement, slash, tagEnd, tagName, type LeafVisitor } from "./listing-scanner.ts";
import type { PageValues } from "./page-values.ts";

/** What reads the entries of one kind: those that a page has many of. */
export interface EntryReader {
  /** The leaves that it reads. */
  readonly leaves: readonly string[];
  /** Takes an entry. The slot of a value is its place in `leaves`. */
  take(values: EntryValues): void;
}

/** What reads one kind of listing: what to do with each element directly below the root. */
export interface ListingReader {
  readonly root: string;
  /** For `Contents`, `Version`, ...: called at its start, answers what reads or visits its leaves. */
  entry(name: string, values: PageValues): EntryReader | LeafVisitor | undefined;
  /** For the page's own values. */
  value(name: string, values: PageValues, start: number, end: number): void;
}

/** What was seen once, and will be met again. */
interface KnownEntry {
  readonly shape: EntryShape;
  readonly values: EntryValues;
  readonly reader: EntryReader;
}

/** Entries of a page have few shapes: with and without a checksum, versions and delete markers. */
const shapesKept = 4;

/**
 * Reads a page front to back. Throws S3Error MalformedXML for all but the whole document, and for one of
 * more than `protocolLimits.listedEntries`.
 */
export function readListing(page: PageValues, reader: ListingReader): void {
  const { bytes } = page;
  const pass = new ListingPass(page, reader);
  let position = rootContent(bytes, reader.root);
  for (let children = 0; position >= 0 && position < bytes.length; children += 1) {
    if (children > protocolLimits.listedEntries) break;
    const next = pass.next(position);
    if (next === undefined) return;
    position = next;
  }
  throw malformed();
}

/** Where the root's content begins; -1 when there is none such root. */
function rootContent(bytes: Buffer, root: string): number {
  const start = bytes.indexOf(`<${root}`);
  const close = start === -1 ? -1 : tagEnd(bytes, start);
  return close === -1 ? -1 : close + 1;
}

class ListingPass {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #page: PageValues;
  readonly #reader: ListingReader;
  /** Those of entries seen before, the last one first. */
  readonly #known: KnownEntry[] = [];

  constructor(page: PageValues, reader: ListingReader) {
    this.#bytes = page.bytes;
    this.#view = page.view;
    this.#page = page;
    this.#reader = reader;
  }

  /** Reads one child of the root. Answers where it ends, -1 for a text cut short, undefined at the end. */
  next(from: number): number | undefined {
    for (let index = 0; index < this.#known.length; index += 1) {
      const known = this.#known[index];
      const end = known?.shape.read(this.#view, from) ?? -1;
      if (known === undefined || end === -1) continue;
      known.reader.take(known.values);
      if (index > 0) this.#remember(known, index);
      return end;
    }
    return this.#scan(from);
  }

  #scan(from: number): number | undefined {
    const bytes = this.#bytes;
    const open = bytes.indexOf("<", from);
    if (open === -1) return -1;
    const name = tagName(bytes, open + 1);
    const close = tagEnd(bytes, open + 1 + name.length);
    if (close === -1) return -1;
    if (name === "" && holds(bytes, this.#reader.root, open + 2)) return undefined;
    if (bytes[close - 1] === slash) return close + 1;
    const entry = this.#reader.entry(name, this.#page);
    if (entry === undefined) return this.#readValue(name, close + 1);
    if (typeof entry === "function") return scanElement(bytes, close + 1, name, entry);
    return this.#readEntry(entry, name, { from, start: close + 1 });
  }

  #readValue(name: string, start: number): number {
    const endTag = Buffer.from(`</${name}>`, "latin1");
    const end = this.#bytes.indexOf(endTag, start);
    if (end === -1) return -1;
    this.#reader.value(name, this.#page, start, end);
    return end + endTag.length;
  }

  /** Scans an entry, and remembers its shape for those that follow. */
  #readEntry(
    reader: EntryReader,
    name: string,
    { from, start }: { readonly from: number; readonly start: number },
  ): number {
    const bytes = this.#bytes;
    const { leaves } = reader;
    const spans = new Int32Array(2 * leaves.length).fill(-1);
    const found: FoundValue[] = [];
    let isPlain = true;
    const end = scanElement(bytes, start, name, (leaf, first, last) => {
      const slot = leaves.indexOf(leaf);
      if (slot !== -1) spans.set([first, last], 2 * slot);
      if (first > 0) found.push({ start: first, end: last, slot });
      else if (slot !== -1) isPlain = false;
    });
    if (end === -1) return end;
    reader.take(new EntryValues(this.#page, spans));
    const shape = isPlain ? EntryShape.of(bytes, { from, to: end }, found, spans) : undefined;
    if (shape === undefined) return end;
    const values = new EntryValues(this.#page, spans);
    this.#remember({ shape, values, reader }, shapesKept - 1);
    return end;
  }

  /** Puts it before the others, in the place of one. */
  #remember(known: KnownEntry, index: number): void {
    this.#known.splice(index, 1);
    this.#known.unshift(known);
  }
}

/** For `CommonPrefixes`. */
export function prefixVisitor(prefixes: string[], values: PageValues): LeafVisitor {
  return (name, start, end) => {
    if (name === "Prefix") prefixes.push(values.name(start, end));
  };
}
