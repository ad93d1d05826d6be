import { protocolLimits } from "../../../core/limits.ts";
import { parseListDate } from "../../list-date.ts";
import { decodeListedName } from "../../listed-name.ts";
import { unescapeXml } from "../../xml/unescape.ts";
import { malformed } from "../read-element.ts";
import { scanElement, tagEnd, tagName, type LeafVisitor } from "./listing-scanner.ts";

export interface ListingText {
  readonly text: string;
  /** The page says that its keys are percent-encoded (`encoding-type=url`). */
  readonly urlEncoded: boolean;
}

/** What reads one kind of listing: what to do with each element directly below the root. */
export interface ListingReader {
  readonly root: string;
  /** For `Contents`, `Version`, ...: called at its start, answers what visits its leaves. */
  entry(name: string, page: ListingText): LeafVisitor | undefined;
  /** For the page's own values. */
  value(name: string, value: string, page: ListingText): void;
}

/**
 * Reads a page front to back. Throws S3Error MalformedXML for all but the whole document, and for one of
 * more than `protocolLimits.listedEntries`.
 */
export function readListing(text: string, reader: ListingReader): void {
  const page = { text, urlEncoded: /<EncodingType>\s*url\s*<\/EncodingType>/.test(text) };
  let position = rootContent(page.text, reader.root);
  for (let children = 0; position >= 0 && position < page.text.length; children += 1) {
    if (children > protocolLimits.listedEntries) break;
    const next = readNext(page, position, reader);
    if (next === undefined) return;
    position = next;
  }
  throw malformed();
}

/** Where the root's content begins; -1 when there is none such root. */
function rootContent(text: string, root: string): number {
  const start = text.indexOf(`<${root}`);
  const close = start === -1 ? -1 : text.indexOf(">", start);
  return close === -1 ? -1 : close + 1;
}

/** Reads one child of the root. Answers where it ends, -1 for a text cut short, undefined at the end. */
function readNext(page: ListingText, from: number, reader: ListingReader): number | undefined {
  const { text } = page;
  const open = text.charCodeAt(from) === 0x3c ? from : text.indexOf("<", from);
  if (open === -1) return -1;
  const name = tagName(text, open + 1);
  const close = tagEnd(text, open + 1 + name.length);
  if (close === -1) return -1;
  if (name === "" && text.startsWith(reader.root, open + 2)) return undefined;
  if (text.charCodeAt(close - 1) === 0x2f) return close + 1;
  const visit = reader.entry(name, page);
  if (visit !== undefined) return scanElement(text, close + 1, name, visit);
  return readValue(text, close + 1, name, (value) => reader.value(name, value, page));
}

function readValue(
  text: string,
  start: number,
  name: string,
  found: (value: string) => void,
): number {
  const endTag = `</${name}>`;
  const end = text.indexOf(endTag, start);
  if (end === -1) return -1;
  found(text.slice(start, end));
  return end + endTag.length;
}

/** A key, prefix or marker as the page holds it. */
export function readName(page: ListingText, raw: string): string {
  const text = raw.includes("&") ? unescapeXml(raw) : raw;
  return page.urlEncoded ? decodeListedName(text) : text;
}

/** Nearly always an MD5 between two `&quot;`. */
export function readEtag(value: string): string {
  const inner = value.slice(quote.length, -quote.length);
  const isQuoted = value.startsWith(quote) && value.endsWith(quote) && !inner.includes("&");
  return isQuoted ? `"${inner}"` : unescapeXml(value);
}

const quote = "&quot;";

export function readDate(value: string): Date {
  return parseListDate(unescapeXml(value));
}

export function readTruth(value: string): boolean {
  return value.trim() === "true";
}

/** For `CommonPrefixes`. */
export function prefixVisitor(prefixes: string[], page: ListingText): LeafVisitor {
  return (name, value) => {
    if (name === "Prefix") prefixes.push(readName(page, value));
  };
}
