import { isAscii } from "node:buffer";
import { compareKeys } from "../../../core/object-key.ts";
import { readListDate } from "../../list-date.ts";
import { decodeListedName } from "../../listed-name.ts";
import { unescapeXml } from "../../xml/unescape.ts";
import { viewOf } from "./entry-shape.ts";
import { holds } from "./listing-scanner.ts";

const quote = "&quot;";
const quoteByte = 0x22;
const space = 0x20;
const tilde = 0x7e;
const and = 0x26;
const plus = 0x2b;
const percent = 0x25;
/** `&#x10ffff;` */
const longestReference = 10;
/** More digits than a double tells apart. */
const plainDigits = 15;

/** Reads the values of a page, each between two places of its bytes. */
export class PageValues {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly #encoding: "latin1" | "utf8";
  /** The page says that its keys are percent-encoded (`encoding-type=url`), and something may be so. */
  readonly #isEncoded: boolean;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    // Percent-encoded keys leave nothing else, and a text of bytes is made faster.
    this.#encoding = isAscii(bytes) ? "latin1" : "utf8";
    this.#isEncoded = (bytes.includes(percent) || bytes.includes(plus)) && saysUrl(bytes);
  }

  /** As it is written, references not resolved. */
  raw(start: number, end: number): string {
    return this.bytes.toString(this.#encoding, start, end);
  }

  /** Whether this word of letters stands there. */
  says(word: string, start: number, end: number): boolean {
    return word.length === end - start && holds(this.bytes, word, start);
  }

  text(start: number, end: number): string {
    return unescapeXml(this.raw(start, end));
  }

  /** A key, prefix or marker. */
  name(start: number, end: number): string {
    const raw = this.raw(start, end);
    const text = raw.includes("&") ? unescapeXml(raw) : raw;
    return this.#isEncoded ? decodeListedName(text) : text;
  }

  /** Writes a name whose bytes stand for printable characters. Answers where it ends, -1 for any other. */
  writePlain(start: number, end: number, target: Uint8Array, at: number): number {
    const { bytes } = this;
    if (start < 0 || at + end - start > target.length) return -1;
    for (let from = start, to = at; from < end; from += 1, to += 1) {
      const byte = bytes[from] ?? 0;
      if (byte < space || byte > tilde || byte === and) return -1;
      if (this.#isEncoded && (byte === percent || byte === plus)) return -1;
      target[to] = byte;
    }
    return at + end - start;
  }

  /** Whether the second of two names comes behind the first, in the order of listings. */
  areInOrder(first: number, firstEnd: number, second: number, secondEnd: number): boolean {
    const { bytes, view } = this;
    const lengths = [firstEnd - first, secondEnd - second] as const;
    const shared = Math.min(...lengths);
    let at = 0;
    while (at + 4 <= shared && view.getInt32(first + at) === view.getInt32(second + at)) at += 4;
    while (at < shared && bytes[first + at] === bytes[second + at]) at += 1;
    if (at === shared) return lengths[0] < lengths[1];
    if (this.#isEscaped(first + at) || this.#isEscaped(second + at)) {
      return compareKeys(this.name(first, firstEnd), this.name(second, secondEnd)) < 0;
    }
    return (bytes[first + at] ?? 0) < (bytes[second + at] ?? 0);
  }

  /** Whether what stands there may be part of a reference or of an escape; then its byte says nothing. */
  #isEscaped(position: number): boolean {
    const { bytes } = this;
    if (this.#isEncoded && bytes[position] === plus) return true;
    for (let back = 0; back <= longestReference; back += 1) {
      const byte = bytes[position - back];
      if (byte === and || (byte === percent && back <= 2 && this.#isEncoded)) return true;
    }
    return false;
  }

  /** Nearly always an MD5 between two `&quot;`. */
  etag(start: number, end: number): string {
    const bytes = this.bytes;
    const first = start + quote.length - 1;
    const last = end - quote.length;
    const isQuoted = first < last && holds(bytes, quote, start) && holds(bytes, quote, last);
    if (!isQuoted) return this.text(start, end);
    const [before = 0, behind = 0] = [bytes[first], bytes[last]];
    // One text is made, of the bytes between two quotes, instead of three.
    bytes[first] = quoteByte;
    bytes[last] = quoteByte;
    const etag = this.raw(first, last + 1);
    bytes[first] = before;
    bytes[last] = behind;
    return etag.includes("&") ? this.text(start, end) : etag;
  }

  date(start: number, end: number): Date {
    return new Date(this.time(start, end));
  }

  /** In milliseconds since 1970. */
  time(start: number, end: number): number {
    const ms = readListDate(this.bytes, start, end);
    return Number.isNaN(ms) ? new Date(this.text(start, end)).getTime() : ms;
  }

  number(start: number, end: number): number {
    if (end - start > plainDigits) return Number(this.raw(start, end));
    let value = 0;
    for (let at = start; at < end; at += 1) {
      const digit = (this.bytes[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) return Number(this.raw(start, end));
      value = value * 10 + digit;
    }
    return value;
  }

  truth(start: number, end: number): boolean {
    return this.raw(start, end).trim() === "true";
  }
}

const encodingTag = "<EncodingType>";
/** From its tag on: the value, its end tag and some white space. */
const encodingBytes = 80;

/** `<EncodingType>url</EncodingType>`, wherever it stands. */
function saysUrl(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(encodingTag); at !== -1; at = bytes.indexOf(encodingTag, at + 1)) {
    const start = at + encodingTag.length;
    const text = bytes.toString("latin1", start, start + encodingBytes);
    if (/^\s*url\s*<\/EncodingType>/.test(text)) return true;
  }
  return false;
}
