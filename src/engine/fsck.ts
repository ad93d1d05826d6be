import { resolve } from "node:path";
import { StorageError } from "../core/errors.ts";
import { BlobFiles } from "./blob-files.ts";
import { checkStore, correctRows } from "./check-store.ts";
import type { StoreCheck } from "./check-store.ts";
import { lockDirectory } from "./directory-lock.ts";
import { indexFileIn, judgeIndex } from "./index-file.ts";
import { openIndex } from "./index-store.ts";
import { nodeDisk } from "./node-disk.ts";
import { Quarantine } from "./quarantine.ts";
import { judgeRedo, rebuildIndex, sequenceIn } from "./rebuild-index.ts";
import type { RebuiltIndex, RedoReport } from "./rebuild-index.ts";
import { readFormat } from "./store-format.ts";
import { layoutOf } from "./store-layout.ts";
import type { StoreLayout } from "./store-layout.ts";
import type { IndexWalk } from "./walk-index.ts";

export interface FsckOptions {
  /** Rebuild a damaged index, correct rows, move files that belong to nothing to the quarantine. */
  readonly repair: boolean;
  readonly now?: () => Date;
}

export interface FsckReport {
  /** After repairs, if any: nothing is damaged or missing. */
  readonly sound: boolean;
  /** Of the index as it was found. Undefined: there is none. */
  readonly index: IndexWalk | undefined;
  readonly redo: RedoReport;
  readonly rebuilt: RebuiltIndex | undefined;
  /** Undefined: the index is damaged, so that it cannot be compared with the files. */
  readonly store: StoreCheck | undefined;
  /** What a repair did. */
  readonly correctedRows: number;
  readonly quarantinedFiles: number;
}

/**
 * Looks at a store that no server has open: its index page by page, the second record of it, and
 * whether index and files agree. Changes nothing without `repair`; with it nothing is removed.
 * Throws StorageError `Conflict` when it is open, `NotFound` when it is no store.
 */
export async function fsck(directory: string, options: FsckOptions): Promise<FsckReport> {
  const layout = layoutOf(resolve(directory));
  if ((await readFormat(layout.directory)) === undefined) {
    throw new StorageError("NotFound", `${layout.directory} holds no store.`, {
      remedy: "Name the folder that the server was started with.",
    });
  }
  const lock = await lockDirectory(layout.directory);
  try {
    return await look(layout, options);
  } finally {
    // Whether the last server closed it stays as it was.
    await lock.release(!lock.takenOver);
  }
}

async function look(layout: StoreLayout, { repair, now }: FsckOptions): Promise<FsckReport> {
  const index = judgeIndex(indexFileIn(layout.index));
  const redo = judgeRedo(layout.redo);
  // A new index beside the record of an old one.
  const lost = redo.last > 0 && sequenceIn(indexFileIn(layout.index)) === 0;
  const damaged = lost || (index?.problemCount ?? 0) > 0;
  const found = { index, redo, correctedRows: 0, quarantinedFiles: 0 };
  if (!repair) {
    const store = damaged ? undefined : await compare(layout);
    return { ...found, store, rebuilt: undefined, sound: !damaged && isSound(store) };
  }
  const rebuilt = damaged ? await rebuildIndex(layout.index, layout.redo) : undefined;
  const before = await compare(layout);
  const correctedRows = before.wrongRows > 0 ? await correct(layout) : 0;
  const quarantine = new Quarantine(nodeDisk, layout.quarantine, now ?? (() => new Date()));
  const orphans = correctedRows > 0 ? (await compare(layout)).orphans : before.orphans;
  await quarantine.take(filesOf(layout), orphans);
  const store = await compare(layout);
  return {
    ...found,
    store,
    rebuilt,
    correctedRows,
    quarantinedFiles: orphans.length,
    sound: isSound(store),
  };
}

function isSound(store: StoreCheck | undefined): boolean {
  return store !== undefined && store.incompleteCount === 0 && store.wrongRows === 0;
}

function filesOf(layout: StoreLayout): BlobFiles {
  return new BlobFiles({
    disk: nodeDisk,
    directory: layout.blobs,
    flush: true,
    onSyncFailure: () => undefined,
  });
}

async function compare(layout: StoreLayout): Promise<StoreCheck> {
  const index = await openIndex(layout.index, "durable");
  try {
    return await checkStore(index.tables, filesOf(layout));
  } finally {
    await index.close();
  }
}

async function correct(layout: StoreLayout): Promise<number> {
  const index = await openIndex(layout.index, "durable");
  try {
    return await index.transact(correctRows);
  } finally {
    await index.close();
  }
}
