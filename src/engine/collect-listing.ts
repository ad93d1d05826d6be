import { s3Limits } from "../core/limits.ts";
import type { ListEnd } from "./list-queries.ts";
import { successor } from "./index-keys.ts";

/** Something to list; good, as the bytes of its key are, until the next is asked for. */
export interface Listed {
  /** Of the object. */
  readonly key: Buffer;
  /** Adds it to what is listed. */
  take(): void;
}

/** Where to begin: at a key, or inside a key after one of its versions or uploads. */
export interface Position {
  readonly key: Buffer;
  /** Only what comes after this sequence number of `key`. */
  readonly afterSequence?: number;
}

export interface ListingRequest {
  readonly prefix: Buffer;
  readonly delimiter: string | undefined;
  readonly limit: number;
  /** Undefined: from the start. */
  readonly from: Position | undefined;
}

/**
 * Goes through keys in byte order, rolling up those that share a common prefix. Past each common
 * prefix it seeks, so the cost is that of the answer, not of what lies below the prefixes.
 *
 * @param open What there is from a position on, as far as keys start with the prefix.
 */
export function collectListing(
  request: ListingRequest,
  open: (from: Position) => Iterable<Listed>,
): ListEnd {
  const { prefix, limit } = request;
  const delimiter = Buffer.from(request.delimiter ?? "", "utf8");
  const answer = new Answer(limit);
  const possible = limit > 0 && prefix.length <= s3Limits.keyBytes;
  let position: Position | undefined = possible ? startOf(request.from, prefix) : undefined;
  while (position !== undefined) {
    const here: Position = position;
    position = undefined;
    for (const item of open(here)) {
      if (answer.full) return answer.end(true);
      const group =
        delimiter.length === 0 ? undefined : commonPrefix(item.key, prefix.length, delimiter);
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
  prefix: Buffer,
  delimiter: string | undefined,
): Position {
  const bytes = Buffer.from(key, "utf8");
  const isBelow = delimiter !== undefined && delimiter !== "" && startsWith(bytes, prefix);
  const group = isBelow ? commonPrefix(bytes, prefix.length, Buffer.from(delimiter)) : undefined;
  const next = group === undefined ? undefined : successor(group);
  // No key is longer, so the bytes behind cannot matter; the index refuses overlong ones.
  return { key: (next ?? Buffer.concat([bytes, zeroByte])).subarray(0, s3Limits.keyBytes + 1) };
}

const zeroByte = Buffer.from([0]);

class Answer {
  readonly #limit: number;
  readonly #commonPrefixes: string[] = [];
  #entries = 0;
  #lastItem: Listed | undefined;
  #last: Buffer | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#entries + this.#commonPrefixes.length >= this.#limit;
  }

  addEntry(item: Listed): void {
    item.take();
    this.#entries += 1;
    // Whether there is more is seen by moving on, and then the item is another.
    this.#last = this.full ? Buffer.from(item.key) : undefined;
    this.#lastItem = item;
  }

  addPrefix(group: Buffer): void {
    this.#commonPrefixes.push(group.toString("utf8"));
    this.#last = Buffer.from(group);
  }

  end(truncated: boolean): ListEnd {
    const last = this.#last ?? this.#lastItem?.key;
    return {
      commonPrefixes: this.#commonPrefixes,
      truncated,
      ...(last !== undefined && { last: last.toString("utf8") }),
    };
  }
}

function startOf(from: Position | undefined, prefix: Buffer): Position {
  return from === undefined || Buffer.compare(from.key, prefix) < 0 ? { key: prefix } : from;
}

/** Of a key that starts with the prefix. */
function commonPrefix(key: Buffer, prefixBytes: number, delimiter: Buffer): Buffer | undefined {
  const at = key.indexOf(delimiter, prefixBytes);
  return at === -1 ? undefined : key.subarray(0, at + delimiter.length);
}

function startsWith(key: Buffer, prefix: Buffer): boolean {
  return (
    key.length >= prefix.length && key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0
  );
}
