import { StorageError } from "../../core/errors.ts";
import { parseListDate } from "../../protocol/list-date.ts";
import type { S3Answer } from "../s3-request.ts";
import { unescapeXml } from "../../protocol/xml/unescape.ts";
import { scanElement, toListingText } from "../listing-scanner.ts";
import type { LeafVisitor, ListingText } from "../listing-scanner.ts";
import { unreadable } from "./read-document.ts";

/** What reads one kind of listing: what to do with each element directly below the root. */
export interface ListingReader {
  readonly root: string;
  /** For `Contents`, `Version`, ...: called at its start, answers what visits its leaves. */
  entry(name: string, page: ListingText): LeafVisitor | undefined;
  /** For the page's own values. */
  value(name: string, value: string, page: ListingText): void;
}

/** Reads a page front to back. Throws `Unavailable` for anything that is not the whole document. */
export function readListing(operation: string, answer: S3Answer, reader: ListingReader): void {
  const page = toListingText(answer.document);
  let position = rootContent(page.text, reader.root);
  while (position >= 0 && position < page.text.length) {
    const next = readNext(page, position, reader);
    if (next === undefined) return;
    position = next;
  }
  throw unreadable(operation, answer, reader.root);
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
  const open = text.indexOf("<", from);
  const close = open === -1 ? -1 : text.indexOf(">", open);
  if (close === -1) return -1;
  if (text.startsWith(`/${reader.root}`, open + 1)) return undefined;
  if (text.charCodeAt(close - 1) === 0x2f) return close + 1;
  const name = text.slice(open + 1, close).split(/\s/, 1)[0] ?? "";
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

export function readDate(value: string): Date {
  return parseListDate(unescapeXml(value));
}

/** A listing that repeats its place or is cut off without one would never end or lose keys. */
export function brokenPaging(operation: string, bucket: string, what: string): StorageError {
  return new StorageError("IntegrityError", `${operation} of ${bucket}: ${what}`, {
    operation,
    bucket,
    remedy: "The store's listing is broken; nothing that depends on a whole listing may go on.",
  });
}
