import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { serverLimits } from "../core/limits.ts";
import type { IndexStore } from "./index-store.ts";
import { nodeDisk } from "./node-disk.ts";
import { rowsPath } from "./redo-files.ts";
import { encodeRecord, type Change } from "./redo-format.ts";
import { tableNames } from "./tables.ts";

/**
 * Writes every row of the index to a new `rows` file, while others go on writing: a row is as of when
 * it was met, and the log from `start` on has what changed since.
 *
 * @param last The number of the last change by now.
 * @returns Its size; undefined: it was stopped.
 */
export async function writeRows(
  directory: string,
  start: number,
  index: IndexStore,
  options: { readonly last: () => number; readonly stopped: () => boolean },
): Promise<number | undefined> {
  const path = rowsPath(directory, start);
  const draft = `${path}.new`;
  const file = await open(draft, "w", 0o600);
  let bytes = 0;
  try {
    const write = async (changes: readonly Change[], sequence: number): Promise<void> => {
      const record = encodeRecord({ previous: start, sequence, changes });
      await file.writeFile(record);
      bytes += record.length;
    };
    for (const table of tableNames) {
      let after: Uint8Array | undefined;
      do {
        if (options.stopped()) return undefined;
        const changes = nextRows(index, table, after);
        if (changes.length > 0) await write(changes, start);
        after = changes.at(-1)?.key;
      } while (after !== undefined);
    }
    await write([], options.last());
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await nodeDisk.syncDirectory(dirname(path));
  return bytes;
}

function nextRows(
  index: IndexStore,
  table: Change["table"],
  after: Uint8Array | undefined,
): readonly Change[] {
  const changes: Change[] = [];
  let bytes = 0;
  for (const { key, row } of index.rowsAfter(table, after)) {
    changes.push({ table, key, row });
    bytes += key.length + row.length;
    if (bytes >= serverLimits.redoRowsStepBytes) break;
  }
  return changes;
}
