import type { RootDatabase } from "lmdb";
import type { RowScan, ScannedRow } from "./scanned-row.ts";
import type { TableName } from "./tables.ts";

/**
 * A second handle of a table, by which rows are taken from where lmdb has put them: otherwise it makes four
 * objects of each, which takes eight times as long.
 */
export function openScan(root: RootDatabase<Uint8Array, Uint8Array>, name: TableName): RowScan {
  let target: ScannedRow | undefined;
  // Options that lmdb has and its types lack. It calls them for each row, the key first.
  const inPlace = {
    encoder: {
      encode: () => {
        throw new Error("This handle only reads.");
      },
      decode: (bytes: Uint8Array, size: number): void => target?.takeRow(bytes, size),
    },
    keyEncoder: {
      writeKey: (key: Uint8Array, bytes: Uint8Array, at: number): number => {
        bytes.set(key, at);
        return at + key.length;
      },
      readKey: (bytes: Uint8Array, start: number, end: number): void =>
        target?.takeKey(bytes, start, end),
    },
  };
  const table = root.openDB<undefined, Uint8Array>({ name, ...inPlace });
  return function* scan(range, row) {
    target = row;
    for (const _entry of table.getRange({ start: range.start, end: range.end })) {
      yield row;
      // Meanwhile another may have gone through the table.
      target = row;
    }
  };
}
