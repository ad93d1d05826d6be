import { s3Limits } from "../core/limits.ts";
import type { ListAnswer } from "./list-queries.ts";
import { successor } from "./index-keys.ts";

/** Something to list, under an object key; made only when it is wanted. */
export interface Listed<T> {
  readonly key: Buffer;
  entry(): T;
}

/** Where to begin: at a key, or inside a key after one of its versions or uploads. */
export interface Position {
  readonly key: Buffer;
  /** Only what comes after this sequence number of `key`. */
  readonly afterSequence?: number;
}

export interface ListingRequest {
  readonly prefix: string | undefined;
  readonly delimiter: string | undefined;
  readonly limit: number;
  /** Undefined: from the start. */
  readonly from: Position | undefined;
}

/**
 * Goes through keys in byte order, rolling up those that share a common prefix. Past each common
 * prefix it seeks, so the cost is that of the answer, not of what lies below the prefixes.
 */
export function collectListing<T>(
  request: ListingRequest,
  open: (from: Position) => Iterable<Listed<T>>,
): ListAnswer<T> {
  const prefix = Buffer.from(request.prefix ?? "", "utf8");
  const delimiter = Buffer.from(request.delimiter ?? "", "utf8");
  const answer = new Answer<T>(request.limit);
  const possible = request.limit > 0 && prefix.length <= s3Limits.keyBytes;
  let position: Position | undefined = possible ? startOf(request.from, prefix) : undefined;
  while (position !== undefined) {
    const here: Position = position;
    position = undefined;
    for (const item of open(here)) {
      if (!startsWith(item.key, prefix)) break;
      if (answer.full) return answer.end(true);
      const group = commonPrefix(item.key, prefix, delimiter);
      if (group === undefined) {
        answer.addEntry(item);
        continue;
      }
      answer.addPrefix(group);
      const next = successor(group);
      position = next === undefined ? undefined : { key: next };
      break;
    }
  }
  return answer.end(false);
}

/** Strictly after `key`; when that lies inside a common prefix, after all of it. */
export function positionAfter(
  key: string,
  prefix: string | undefined,
  delimiter: string | undefined,
): Position {
  const bytes = Buffer.from(key, "utf8");
  const group = commonPrefix(
    bytes,
    Buffer.from(prefix ?? "", "utf8"),
    Buffer.from(delimiter ?? "", "utf8"),
  );
  const next = group === undefined ? undefined : successor(group);
  // No key is longer, so the bytes behind cannot matter; the index refuses overlong ones.
  return { key: (next ?? Buffer.concat([bytes, zeroByte])).subarray(0, s3Limits.keyBytes + 1) };
}

const zeroByte = Buffer.from([0]);

class Answer<T> {
  readonly #limit: number;
  readonly #entries: T[] = [];
  readonly #commonPrefixes: string[] = [];
  #last: Buffer | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#entries.length + this.#commonPrefixes.length >= this.#limit;
  }

  addEntry(item: Listed<T>): void {
    this.#entries.push(item.entry());
    this.#last = item.key;
  }

  addPrefix(group: Buffer): void {
    this.#commonPrefixes.push(group.toString("utf8"));
    this.#last = group;
  }

  end(truncated: boolean): ListAnswer<T> {
    return {
      entries: this.#entries,
      commonPrefixes: this.#commonPrefixes,
      truncated,
      ...(this.#last !== undefined && { last: this.#last.toString("utf8") }),
    };
  }
}

function startOf(from: Position | undefined, prefix: Buffer): Position {
  return from === undefined || Buffer.compare(from.key, prefix) < 0 ? { key: prefix } : from;
}

function commonPrefix(key: Buffer, prefix: Buffer, delimiter: Buffer): Buffer | undefined {
  if (delimiter.length === 0 || !startsWith(key, prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.subarray(0, at + delimiter.length);
}

function startsWith(key: Buffer, prefix: Buffer): boolean {
  return (
    key.length >= prefix.length && key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0
  );
}
