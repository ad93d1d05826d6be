import { randomUUID } from "node:crypto";
import { StorageError } from "../core/errors.ts";
import type { BlobId } from "./blob-files.ts";
import type { BlobPins } from "./blob-pins.ts";
import type { GarbageCollector } from "./garbage-collector.ts";
import type { GroupCommit, WriteContext } from "./group-commit.ts";
import { asBuffer, blobKey, everything } from "./index-keys.ts";
import type { IndexStore } from "./index-store.ts";
import { storeFormat } from "./store-format.ts";
import type { RowCodec } from "./row-codec.ts";
import { rowCodecs, tableNames, type TableName, type WritableTable } from "./tables.ts";

/**
 * All that a store holds at a moment. Large contents are not copied: their files stay until the store
 * is closed.
 */
export interface StoreSnapshot {
  /** Of the rows. */
  readonly format: number;
  /** Of the open store: another one has other files and another key. */
  readonly storeId: string;
  /** Rows as they are stored, by their keys as Latin-1. */
  readonly tables: ReadonlyMap<TableName, ReadonlyMap<string, Uint8Array>>;
}

export interface StoreSnapshots {
  take(): StoreSnapshot;
  /**
   * Brings the store back to where it was, in one transaction; whatever came since is gone. Throws
   * StorageError InvalidArgument for a snapshot of another store or another version.
   */
  restore(snapshot: StoreSnapshot): Promise<void>;
}

interface Parts {
  readonly index: IndexStore;
  readonly commit: GroupCommit;
  readonly pins: BlobPins;
  readonly collector: GarbageCollector;
  /** What is kept of the rows in memory has to be read again. */
  readonly onRestored: () => void;
}

/** `meta` goes on counting, and files are taken care of by their own tables. */
const kept: ReadonlySet<TableName> = new Set<TableName>(["meta", "garbage", "sums"]);

export function createStoreSnapshots(parts: Parts): StoreSnapshots {
  const { index, commit, pins, collector, onRestored } = parts;
  const storeId = randomUUID();
  return {
    take: () => {
      const tables = new Map(
        tableNames.filter((name) => !kept.has(name)).map((name) => [name, rowsOf(index, name)]),
      );
      pins.hold(filesOf(tables.get("blobs")));
      return { format: storeFormat, storeId, tables };
    },
    restore: async (snapshot) => {
      assertOwn(snapshot, storeId);
      await commit.write((context) => {
        const dropped = restoreFiles(context, snapshot);
        for (const [name, rows] of snapshot.tables) restoreTable(context, index, name, rows);
        context.afterCommit(() => {
          collector.add(dropped);
          onRestored();
        });
      });
    },
  };
}

function assertOwn({ format, storeId }: StoreSnapshot, own: string): void {
  if (format !== storeFormat) {
    throw new StorageError(
      "InvalidArgument",
      `The snapshot is of another version: its rows have format ${format}, here ${storeFormat}.`,
      { remedy: "Take a snapshot with this version of sms-api-storage." },
    );
  }
  if (storeId === own) return;
  throw new StorageError("InvalidArgument", "The snapshot is of another server.", {
    remedy: "Restore it on the server that it was taken of, while that runs.",
  });
}

function rowsOf(index: IndexStore, name: TableName): Map<string, Uint8Array> {
  const rows = new Map<string, Uint8Array>();
  for (const { key, row } of index.rowsAfter(name, undefined)) {
    rows.set(asBuffer(key).toString("latin1"), Buffer.from(row));
  }
  return rows;
}

function filesOf(rows: ReadonlyMap<string, Uint8Array> | undefined): BlobId[] {
  return Array.from(rows?.keys() ?? [], (key) => Buffer.from(key, "latin1").toString("hex"));
}

/** Files that came since are to be deleted, those of the snapshot are not any more. */
function restoreFiles({ tables }: WriteContext, snapshot: StoreSnapshot): readonly BlobId[] {
  const wanted = snapshot.tables.get("blobs") ?? new Map<string, Uint8Array>();
  const dropped: BlobId[] = [];
  for (const { key, row } of Array.from(tables.blobs.range(everything))) {
    const file = asBuffer(key);
    if (wanted.has(file.toString("latin1"))) continue;
    tables.garbage.put(key, row);
    dropped.push(file.toString("hex"));
  }
  for (const file of filesOf(wanted)) {
    if (tables.garbage.has(blobKey(file))) tables.garbage.remove(blobKey(file));
  }
  return dropped;
}

function restoreTable(
  { tables }: WriteContext,
  index: IndexStore,
  name: TableName,
  wanted: ReadonlyMap<string, Uint8Array>,
): void {
  // Of one name, so that they fit each other.
  const table = tables[name] as WritableTable<unknown>;
  const codec = rowCodecs[name] as RowCodec<unknown>;
  const present = rowsOf(index, name);
  for (const key of present.keys()) {
    if (!wanted.has(key)) table.remove(Buffer.from(key, "latin1"));
  }
  for (const [text, row] of wanted) {
    const there = present.get(text);
    if (there !== undefined && Buffer.compare(there, row) === 0) continue;
    const key = Buffer.from(text, "latin1");
    table.put(key, codec.decode(row, key));
  }
}
