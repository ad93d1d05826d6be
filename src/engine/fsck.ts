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
  sequenceIn,
  type RebuiltIndex,
  type RedoReport,
} from "./rebuild-index.ts";
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
  // A new index beside the record of an old one.
  const lost = redo.last > 0 && sequenceIn(indexFileIn(layout.index)) === 0;
  const damaged = lost || (index?.problemCount ?? 0) > 0;
  const found = { index, redo, correctedRows: 0, quarantinedFiles: 0 };
  if (!options.repair) {
    const seen = damaged ? undefined : await compare(layout, options.bytes);
    const store = seen?.store;
    return { ...found, store, bytes: seen?.bytes, rebuilt: undefined, sound: isSound(store) };
  }
  const rebuilt = damaged ? await rebuildIndex(layout.index, layout.redo) : undefined;
  const repaired = await agree(layout, options.now ?? (() => new Date()));
  const { store, bytes } = await compare(layout, options.bytes);
  return { ...found, ...repaired, store, bytes, rebuilt, sound: isSound(store) };
}

/** Makes a sound index agree with itself and with the files. */
async function agree(
  layout: StoreLayout,
  now: () => Date,
): Promise<Pick<FsckReport, "correctedRows" | "quarantinedFiles">> {
  const { store: before } = await compare(layout, false);
  const correctedRows = before.wrongRows > 0 ? await correct(layout) : 0;
  const { orphans } = correctedRows > 0 ? (await compare(layout, false)).store : before;
  await new Quarantine(nodeDisk, layout.quarantine, now).take(filesOf(layout), orphans);
  return { correctedRows, quarantinedFiles: orphans.length };
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

async function correct(layout: StoreLayout): Promise<number> {
  const index = await openIndex(layout.index, "durable");
  try {
    return await index.transact(correctRows);
  } finally {
    await index.close();
  }
}
