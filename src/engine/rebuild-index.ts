import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sequenceKey } from "./group-commit.ts";
import { indexFileIn, judgeIndex } from "./index-file.ts";
import { openIndex, type IndexStore } from "./index-store.ts";
import { nodeDisk } from "./node-disk.ts";
import { findRedoFiles, readLogs, readLogsPastGaps, readRows } from "./redo-files.ts";
import type { Change } from "./redo-format.ts";
import { isTableName, rowCodecs } from "./tables.ts";

/** Rows put into the new index in one transaction. */
const rowsPerStep = 2000;

export interface RebuiltIndex {
  /** `exact`: every row is as it was last acknowledged. `partly`: all rows that could be read. */
  readonly how: "exact" | "partly";
  /** Where the damaged one lies now; undefined: there was none. */
  readonly aside: string | undefined;
}

/** What the redo files are good for. */
export interface RedoReport {
  /** They hold every row, up to the number of the last change. */
  readonly whole: boolean;
  readonly last: number;
}

export function judgeRedo(redoDirectory: string): RedoReport {
  const files = findRedoFiles(redoDirectory);
  if (files.base === undefined && files.logs.length === 0) return { whole: false, last: 0 };
  const end = files.base === undefined ? undefined : readRows(redoDirectory, files.base);
  const { last, whole } = readLogs(redoDirectory, files);
  return { whole: whole && end !== undefined && last >= end, last };
}

/**
 * Makes the index anew from the redo files; where they are not whole, or older than it, from every
 * row of the damaged index that can be read as well. Nobody may have the store open.
 */
export async function rebuildIndex(
  indexDirectory: string,
  redoDirectory: string,
): Promise<RebuiltIndex> {
  const draft = `${indexDirectory}-new`;
  await rm(draft, { recursive: true, force: true });
  const { whole, last } = judgeRedo(redoDirectory);
  const ahead = (sequenceIn(indexFileIn(indexDirectory)) ?? 0) > last;
  const how = whole && !ahead ? "exact" : "partly";
  // Nothing is flushed until it is whole.
  const index = await openIndex(draft, "memory");
  try {
    const steps = new Steps(index);
    replay(redoDirectory, (changes) => steps.add(changes));
    steps.end();
    if (how === "partly") {
      addReadable(indexDirectory, steps);
      await renewRecord(index, steps.last);
    }
  } finally {
    await index.close();
  }
  await flush(indexFileIn(draft));
  await nodeDisk.syncDirectory(draft);
  const aside = await putAside(indexDirectory);
  await rename(draft, indexDirectory);
  await nodeDisk.syncDirectory(dirname(indexDirectory));
  return { how, aside };
}

/** Every record of the redo files that can be read, in their order. */
function replay(directory: string, visit: (changes: readonly Change[]) => void): void {
  const { base, logs } = findRedoFiles(directory);
  const visitRecord = ({ changes }: { readonly changes: readonly Change[] }): void =>
    visit(changes);
  if (base !== undefined) readRows(directory, base, visitRecord);
  readLogsPastGaps(directory, logs, visitRecord);
}

/** The index gets a number that the second record has not, so that it is written anew. */
export async function renewRecord(index: IndexStore, atLeast = 0): Promise<void> {
  await index.transact(({ tables }) => {
    const last = Math.max(tables.meta.get(sequenceKey) ?? 0, atLeast);
    tables.meta.put(sequenceKey, last + 1);
  });
}

/** Changes collected into transactions of some size. */
class Steps {
  readonly #index: IndexStore;
  #changes: Change[] = [];
  /** The highest sequence number that was among them. */
  last = 0;

  constructor(index: IndexStore) {
    this.#index = index;
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#changes.push(change);
      if (change.table !== "meta" || change.row === undefined) continue;
      this.last = Math.max(this.last, rowCodecs.meta.decode(change.row, change.key));
    }
    if (this.#changes.length >= rowsPerStep) this.end();
  }

  end(): void {
    this.#index.apply(this.#changes);
    this.#changes = [];
  }
}

function addReadable(indexDirectory: string, steps: Steps): void {
  judgeIndex(indexFileIn(indexDirectory), Number.POSITIVE_INFINITY, (table, key, row) => {
    if (isTableName(table)) steps.add([{ table, key, row }]);
  });
  steps.end();
}

/** The number of the last change that the index knows of; undefined: it has none that can be read. */
export function sequenceIn(path: string): number | undefined {
  let last: number | undefined;
  judgeIndex(path, Number.POSITIVE_INFINITY, (table, key, row) => {
    if (table === "meta") last = Math.max(last ?? 0, rowCodecs.meta.decode(row, key));
  });
  return last;
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function putAside(indexDirectory: string): Promise<string | undefined> {
  const time = new Date().toISOString().replaceAll(":", "");
  const aside = join(dirname(indexDirectory), `index-damaged-${time}`);
  try {
    await rename(indexDirectory, aside);
    return aside;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
