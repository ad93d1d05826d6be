import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { indexFileIn, judgeIndex } from "./index-file.ts";
import { openIndex, type IndexStore } from "./index-store.ts";
import { nodeDisk } from "./node-disk.ts";
import { findRedoFiles, readLogs, readRows } from "./redo-files.ts";
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
  return replay(redoDirectory, () => undefined);
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
  // Nothing is flushed until it is whole.
  const index = await openIndex(draft, "memory");
  let how: RebuiltIndex["how"];
  try {
    const steps = new Steps(index);
    const { whole, last } = replay(redoDirectory, (changes) => steps.add(changes));
    steps.end();
    const ahead = sequenceIn(indexFileIn(indexDirectory)) > last;
    how = whole && !ahead ? "exact" : "partly";
    if (how === "partly") addReadable(indexDirectory, steps);
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

function replay(directory: string, visit: (changes: readonly Change[]) => void): RedoReport {
  const files = findRedoFiles(directory);
  if (files.base === undefined && files.logs.length === 0) return { whole: false, last: 0 };
  const end = files.base === undefined ? undefined : readRows(directory, files.base, visitRecord);
  const { last, whole } = readLogs(directory, files, visitRecord);
  return { whole: whole && end !== undefined && last >= end, last };

  function visitRecord({ changes }: { readonly changes: readonly Change[] }): void {
    visit(changes);
  }
}

/** Changes collected into transactions of some size. */
class Steps {
  readonly #index: IndexStore;
  #changes: Change[] = [];

  constructor(index: IndexStore) {
    this.#index = index;
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) this.#changes.push(change);
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

/** The number of the last change that the index knows of; 0 when that cannot be read. */
export function sequenceIn(path: string): number {
  let last = 0;
  judgeIndex(path, Number.POSITIVE_INFINITY, (table, key, row) => {
    if (table === "meta") last = Math.max(last, rowCodecs.meta.decode(row, key));
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
