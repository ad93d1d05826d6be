import { less } from "./listing-scanner.ts";

/** Values of one entry; S3 writes 15 of a version. */
const mostValues = 32;
/** Between two values, tags and blanks: more than any store writes. */
const mostBytesBetween = 1024;
const wordBytes = 4;

/** One value that was found in an entry. */
export interface FoundValue {
  readonly start: number;
  readonly end: number;
  /** Which member it is; -1: none that is read. */
  readonly slot: number;
}

/**
 * What stands between the values of an entry. The next entry has nearly always the same: then it is
 * compared, four bytes at a time, instead of being scanned tag by tag, which takes three times as long.
 * What is compared equal would be scanned to the same values; whatever differs is scanned.
 */
export class EntryShape {
  readonly #between: DataView;
  /** Where what stands before each value begins, then where what stands behind the last one does. */
  readonly #starts: Int32Array;
  readonly #slots: Int32Array;
  readonly #spans: Int32Array;

  private constructor(
    between: Buffer,
    starts: readonly number[],
    slots: readonly number[],
    spans: Int32Array,
  ) {
    this.#between = viewOf(between);
    this.#spans = spans;
    this.#starts = Int32Array.from([...starts, between.length]);
    this.#slots = Int32Array.from(slots);
  }

  /**
   * Of an entry and its values. Undefined where it is no plain one. `spans`: where `read` writes where the
   * value of each slot begins and ends.
   */
  static of(
    bytes: Buffer,
    { from, to }: { readonly from: number; readonly to: number },
    values: readonly FoundValue[],
    spans: Int32Array,
  ): EntryShape | undefined {
    if (values.length === 0 || values.length > mostValues) return undefined;
    const pieces: Buffer[] = [];
    const starts: number[] = [];
    let position = from;
    let length = 0;
    for (const { start, end } of [...values, { start: to, end: to }]) {
      const piece = bytes.subarray(position, start);
      if (piece.length < wordBytes || piece.length > mostBytesBetween) return undefined;
      starts.push(length);
      pieces.push(piece);
      length += piece.length;
      position = end;
    }
    const slots = values.map(({ slot }) => slot);
    return new EntryShape(Buffer.concat(pieces), starts, slots, spans);
  }

  /**
   * Reads the entry that begins at `from`. Answers where it ends, -1 when it has another shape.
   */
  read(view: DataView, from: number): number {
    const spans = this.#spans;
    const starts = this.#starts;
    const slots = this.#slots;
    const count = slots.length;
    let position = from;
    for (let index = 0; index < count; index += 1) {
      position = this.#behind(view, position, starts[index] ?? 0, starts[index + 1] ?? 0);
      if (position === -1) return -1;
      const end = valueEnd(view, position);
      const slot = slots[index] ?? -1;
      if (slot >= 0) {
        spans[2 * slot] = position;
        spans[2 * slot + 1] = end;
      }
      position = end;
    }
    return this.#behind(view, position, starts[count] ?? 0, starts[count + 1] ?? 0);
  }

  /** Where what stands between `first` and `last` ends; -1 when something else does. */
  #behind(view: DataView, from: number, first: number, last: number): number {
    const end = from + last - first;
    if (end > view.byteLength) return -1;
    const between = this.#between;
    const shift = from - first;
    let at = first;
    for (; at + wordBytes <= last; at += wordBytes) {
      if (view.getInt32(at + shift) !== between.getInt32(at)) return -1;
    }
    const rest = last - wordBytes;
    return at === last || view.getInt32(rest + shift) === between.getInt32(rest) ? end : -1;
  }
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The first `<` from there on, or the end of the bytes. */
function valueEnd(view: DataView, from: number): number {
  let at = from;
  for (const last = view.byteLength - wordBytes; at <= last; at += wordBytes) {
    // A byte of these is nought where `<` stands; then this sets its highest bit.
    const word = view.getInt32(at) ^ 0x3c3c3c3c;
    if (((word - 0x01010101) & ~word & 0x80808080) !== 0) break;
  }
  while (at < view.byteLength && view.getUint8(at) !== less) at += 1;
  return at;
}
