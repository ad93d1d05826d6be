import { resolve } from "node:path";
import { StorageError } from "../core/errors.ts";
import { BlobFiles } from "./blob-files.ts";
import { BlobPins } from "./blob-pins.ts";
import { checkStore, correctRows, type StoreCheck } from "./check-store.ts";
import { ContentStore } from "./content-store.ts";
import { lockDirectory } from "./directory-lock.ts";
import { indexFileIn, judgeIndex } from "./index-file.ts";
import { openIndex } from "./index-store.ts";
import { nodeDisk } from "./node-disk.ts";
import { Quarantine } from "./quarantine.ts";
import {
  judgeRedo,
  rebuildIndex,
  renewRecord,
  sequenceIn,
  type RebuiltIndex,
  type RedoReport,
} from "./rebuild-index.ts";
import { holdsRecords } from "./redo-files.ts";
import { scrub, type ScrubReport } from "./scrub.ts";
import { readFormat } from "./store-format.ts";
import { layoutOf, type StoreLayout } from "./store-layout.ts";
import type { IndexWalk } from "./walk-index.ts";

export interface FsckOptions {
  /** Rebuild a damaged index, correct rows, move files that belong to nothing to the quarantine. */
  readonly repair: boolean;
  /** Read every file of objects and compare its bytes with their checksums. */
  readonly bytes: boolean;
  readonly now?: () => Date;
}

export interface FsckReport {
  /** After repairs, if any: nothing is damaged or missing. */
  readonly sound: boolean;
  /** What a walk through the index as it was found has shown. Undefined: there is no index. */
  readonly index: IndexWalk | undefined;
  readonly redo: RedoReport;
  readonly rebuilt: RebuiltIndex | undefined;
  /** Undefined: the index is damaged, so that it cannot be compared with the files. */
  readonly store: StoreCheck | undefined;
  /** Undefined: not asked for, or the index is damaged. */
  readonly bytes: ScrubReport | undefined;
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
    // The lock goes on telling whether the last server closed the store.
    await lock.release(!lock.takenOver);
  }
}

async function look(layout: StoreLayout, options: FsckOptions): Promise<FsckReport> {
  const index = judgeIndex(indexFileIn(layout.index));
  const redo = judgeRedo(layout.redo);
  const hasProblems = index !== undefined && index.problemCount > 0;
  const isLost = !hasProblems && (await isIndexLost(layout));
  const found = { index, redo, rebuilt: undefined, correctedRows: 0, quarantinedFiles: 0 };
  if (!options.repair) {
    if (hasProblems || isLost)
      return { ...found, store: undefined, bytes: undefined, sound: false };
    const seen = await compare(layout, options.bytes);
    return { ...found, ...seen, sound: isSound(seen.store) };
  }
  if (isLost) assertRecorded(layout);
  const rebuilt = hasProblems || isLost ? await rebuildIndex(layout.index, layout.redo) : undefined;
  const repaired = await agree(layout, redo.whole, options.now ?? (() => new Date()));
  const seen = await compare(layout, options.bytes);
  return { ...found, ...repaired, ...seen, rebuilt, sound: isSound(seen.store) };
}

/** An empty index would make every file one that belongs to nothing. */
function assertRecorded(layout: StoreLayout): void {
  if (holdsRecords(layout.redo)) return;
  throw new StorageError(
    "IntegrityError",
    `The index in ${layout.index} is lost, and there is no second record of it: nothing tells to ` +
      "which objects the files belong.",
    { remedy: "Restore the index from a backup." },
  );
}

/** True for a missing or new index beside the record, or the files, of an old one. */
async function isIndexLost(layout: StoreLayout): Promise<boolean> {
  if (sequenceIn(indexFileIn(layout.index)) !== undefined) return false;
  return holdsRecords(layout.redo) || (await filesOf(layout).ids()).length > 0;
}

/** Makes a sound index agree with itself, with the files and with its second record. */
async function agree(
  layout: StoreLayout,
  recordIsWhole: boolean,
  now: () => Date,
): Promise<Pick<FsckReport, "correctedRows" | "quarantinedFiles">> {
  const { store: before } = await compare(layout, false);
  const correctedRows = before.wrongRows > 0 || !recordIsWhole ? await correct(layout) : 0;
  const { orphans } = correctedRows > 0 ? (await compare(layout, false)).store : before;
  await new Quarantine(nodeDisk, layout.quarantine, now).take(filesOf(layout), orphans);
  return { correctedRows, quarantinedFiles: orphans.length };
}

function isSound(store: StoreCheck): boolean {
  return store.incompleteCount === 0 && store.wrongRows === 0;
}

function filesOf(layout: StoreLayout): BlobFiles {
  return new BlobFiles({
    disk: nodeDisk,
    directory: layout.blobs,
    flush: true,
    onSyncFailure: () => undefined,
  });
}

interface Compared {
  readonly store: StoreCheck;
  readonly bytes: ScrubReport | undefined;
}

async function compare(layout: StoreLayout, readsBytes: boolean): Promise<Compared> {
  const index = await openIndex(layout.index, "durable");
  try {
    const { tables } = index;
    const files = filesOf(layout);
    const damaged = new Map<string, string>();
    const content = new ContentStore({
      tables,
      pins: new BlobPins(),
      now: () => new Date(),
      onGarbage: () => undefined,
    });
    const bytes = readsBytes
      ? await scrub(
          { tables, files, content, commit: undefined },
          { onDamage: ({ file, why }) => damaged.set(file, why) },
        )
      : undefined;
    return { store: await checkStore(tables, files, damaged), bytes };
  } finally {
    await index.close();
  }
}

/** The second record does not know of corrections, and is to be written anew by the next start. */
async function correct(layout: StoreLayout): Promise<number> {
  const index = await openIndex(layout.index, "durable");
  try {
    const count = await index.transact(correctRows);
    await renewRecord(index);
    return count;
  } finally {
    await index.close();
  }
}
