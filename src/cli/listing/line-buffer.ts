import type { ListedRows } from "../../core/listed-rows.ts";
import { formatTime, printable } from "../format.ts";

const firstBytes = 64 * 1024;
/** Of the longest UTF-8 for one of JavaScript's characters. */
const widestBytes = 3;
/** `2026-11-24 ` and `06:00:00`. */
const [dayLength, clockLength] = [11, 8];
const daySeconds = 86_400;
const [zero, blank, colon, newline] = [0x30, 0x20, 0x3a, 0x0a];

/**
 * Lines of a listing as bytes. A text for each would be made, put together with others, turned into bytes
 * and collected as garbage, which takes several times as long.
 */
export class LineBuffer {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #length = 0;
  /** Entries of a page are often of few days. */
  #day = Number.NaN;
  #dayText = "";

  /** What was written since `clear`; valid until then. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** As a terminal may show it. */
  text(text: string): void {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    const start = this.#length;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code < 0x20 || code > 0x7e) {
        const shown = printable(text);
        this.#reserve(shown.length);
        this.#length = start + this.#bytes.write(shown, start);
        return;
      }
      bytes[start + index] = code;
    }
    this.#length = start + text.length;
  }

  /** The key of a row, or of it what is behind so many characters, as a terminal may show it. */
  key(rows: ListedRows, row: number, from: number): void {
    const end = from === 0 ? rows.writeKey(row, this.#bytes, this.#length) : -1;
    if (end === -1) this.text(rows.key(row).slice(from));
    else this.#length = end;
  }

  /** A number with blanks before it, up to a width. */
  number(value: number, width: number): void {
    if (!(value >= 0 && value <= 0x7fffffff) || value % 1 !== 0) {
      this.text(String(value).padStart(width));
      return;
    }
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits += 1;
    const end = this.#length + Math.max(width, digits);
    this.#reserve(end - this.#length);
    const bytes = this.#bytes;
    let rest = value;
    for (let at = end - 1; at >= this.#length; at -= 1) {
      const tenth = Math.trunc(rest / 10);
      bytes[at] = at >= end - digits ? zero + rest - tenth * 10 : blank;
      rest = tenth;
    }
    this.#length = end;
  }

  /** As `formatTime`; a dash for what is no time. */
  time(ms: number): void {
    const seconds = Math.floor(ms / 1000);
    const day = Math.floor(seconds / daySeconds);
    if (day !== this.#day) {
      if (Number.isNaN(ms)) return this.text("-".padEnd(dayLength + clockLength));
      this.#day = day;
      this.#dayText = formatTime(new Date(ms)).slice(0, dayLength);
    }
    this.text(this.#dayText);
    this.#reserve(clockLength);
    const clock = seconds - day * daySeconds;
    this.#pair(Math.trunc(clock / 3600), colon);
    this.#pair(Math.trunc(clock / 60) % 60, colon);
    this.#pair(clock % 60, blank);
    this.#length -= 1;
  }

  end(): void {
    this.#reserve(1);
    this.#bytes[this.#length] = newline;
    this.#length += 1;
  }

  #pair(value: number, behind: number): void {
    const tens = Math.trunc(value / 10);
    this.#bytes[this.#length] = zero + tens;
    this.#bytes[this.#length + 1] = zero + value - tens * 10;
    this.#bytes[this.#length + 2] = behind;
    this.#length += 3;
  }

  /** Room for so many characters. */
  #reserve(characters: number): void {
    const needed = this.#length + characters * widestBytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * needed);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
