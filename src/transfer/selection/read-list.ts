import { StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { decodeInventoryKey } from "./inventory-key.ts";

/**
 * How a list of keys is written. `lines`: one a line. `nul`: each ends with a NUL, so that keys may
 * hold line ends. `inventory`: CSV of S3 Inventory, bucket and key first.
 */
export type ListFormat = "lines" | "nul" | "inventory";

/** What to read. */
export interface KeyList {
  /** For errors. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly format: ListFormat;
  /** Which rows of an inventory count; it may hold others. */
  readonly bucket?: string;
}

/**
 * The keys or paths of a list, one after the other; empty lines are left out. What begins as gzip
 * does is unpacked. Throws InvalidArgument for what is no such list, with its line.
 */
export async function* readList(list: KeyList): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 0;
  for await (const bytes of entriesOf(list)) {
    line += 1;
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      throw unreadable(list, line, "is not UTF-8, as keys are");
    }
    const entry = list.format === "lines" ? text.replace(/\r$/, "") : text;
    if (entry.trim() === "" && list.format !== "nul") continue;
    if (entry === "") continue;
    const key = list.format === "inventory" ? inventoryKey(list, line, entry.trim()) : entry;
    if (key !== undefined) yield key;
  }
}

/** The bytes between two ends; bounded, so that what has no ends is no list. */
async function* entriesOf(list: KeyList): AsyncGenerator<Uint8Array> {
  const end = list.format === "nul" ? 0 : 0x0a;
  let rest: Uint8Array = new Uint8Array();
  let line = 0;
  for await (const chunk of unpacked(list)) {
    let start = 0;
    for (let at = chunk.indexOf(end); at !== -1; at = chunk.indexOf(end, start)) {
      line += 1;
      yield joined(list, line, rest, chunk.subarray(start, at));
      rest = new Uint8Array();
      start = at + 1;
    }
    rest = joined(list, line + 1, rest, chunk.subarray(start));
  }
  if (rest.length > 0) yield rest;
}

function joined(list: KeyList, line: number, rest: Uint8Array, more: Uint8Array): Uint8Array {
  if (rest.length + more.length > transferLimits.listEntryBytes) {
    throw unreadable(list, line, `has more than ${transferLimits.listEntryBytes} bytes`);
  }
  return rest.length === 0 ? Uint8Array.from(more) : Buffer.concat([rest, more]);
}

async function* unpacked(list: KeyList): AsyncGenerator<Uint8Array> {
  const chunks = list.bytes[Symbol.asyncIterator]();
  const first = await chunks.next();
  const whole = resumed(first, chunks);
  const isGzip = first.done !== true && first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip) {
    yield* whole;
    return;
  }
  const { createGunzip } = await import("node:zlib");
  const { pipeline } = await import("node:stream");
  const gunzip = createGunzip();
  pipeline(whole, gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${list.name} begins as gzip and cannot be unpacked: ${reason}.`;
    throw new StorageError("InvalidArgument", message, { cause: error });
  }
}

async function* resumed(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
}

/** Of `"bucket","exp-1/a%20b","123",...`. */
function inventoryKey(list: KeyList, line: number, row: string): string | undefined {
  const match = /^"?([^",]*)"?,"?([^",]*)"?(?:,|$)/.exec(row);
  if (match === null) throw unreadable(list, line, "is no row of an S3 Inventory in CSV");
  const [, bucket = "", key = ""] = match;
  if (list.bucket !== undefined && bucket !== list.bucket) return undefined;
  const decoded = decodeInventoryKey(key);
  if (decoded !== undefined) return decoded;
  throw unreadable(list, line, "has a key that is not URL-encoded, as S3 Inventory writes it");
}

function unreadable({ name }: KeyList, line: number, what: string): StorageError {
  return new StorageError("InvalidArgument", `${name}: entry ${line} ${what}.`, {
    remedy: "Write one key a line, or end each with NUL (-0), or name a CSV of S3 Inventory.",
  });
}
