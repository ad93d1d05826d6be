import type { Database, RootDatabase } from "lmdb";
import { S3Error } from "../protocol/s3-error.ts";
import type { Durability } from "./engine.ts";
import type { IndexRange } from "./index-keys.ts";
import { loadLmdb } from "./load-lmdb.ts";

/** Gives a key of 2,066 bytes room; LMDB's limit is then 4,026. */
const PAGE_BYTES = 8192;

export const tableNames = [
  /** Single values: the last sequence number. */
  "meta",
  /** Bucket name -> BucketRow. */
  "buckets",
  /** Latest version of each key unless it is a delete marker -> VersionRow. */
  "current",
  /** All other versions, newest first within a key -> VersionRow. */
  "versions",
  /** Key -> sequence number of its null version, while that one is in `versions`. */
  "nulls",
  /** Small contents -> bytes. */
  "inline",
  /** Contents of several slices -> ManifestRow. */
  "manifests",
  /** Files in use -> BlobRow. */
  "blobs",
  /** Files to unlink -> BlobRow. */
  "garbage",
  /** Open multipart uploads -> UploadRow. */
  "uploads",
  /** Their parts -> PartRow. */
  "parts",
  /** Uploads completed a short time ago -> CompletionRow. */
  "completions",
] as const;

export type TableName = (typeof tableNames)[number];

export interface IndexEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** One ordered table. Reads see what is committed; inside a transaction, also its own writes. */
export interface Table {
  get(key: Uint8Array): Uint8Array | undefined;
  range(range: IndexRange): Iterable<IndexEntry>;
}

export interface WritableTable extends Table {
  put(key: Uint8Array, value: Uint8Array): void;
  remove(key: Uint8Array): void;
}

export type Tables = Readonly<Record<TableName, Table>>;
export type WritableTables = Readonly<Record<TableName, WritableTable>>;

/** The ordered index on LMDB. Writes happen only inside `transact`. */
export interface IndexStore {
  readonly tables: Tables;
  /**
   * Runs `work` in a write transaction which is undone as a whole when it throws. Resolves once the
   * transaction is on disk; with `relaxed` a power cut may still undo it, but only the last one;
   * with `memory` nothing is flushed.
   */
  transact<T>(work: (tables: WritableTables) => T): Promise<T>;
  /** Flushes what is committed. Absent where a commit is flushed already, or never. */
  readonly flush?: () => Promise<void>;
  close(): Promise<void>;
}

type Bytes = Uint8Array;

/** Of lmdb, but missing in its types. Calls back with an error or nothing. */
interface Syncing {
  sync(done: (error?: Error | null) => void): void;
}

export async function openIndex(path: string, durability: Durability): Promise<IndexStore> {
  const { open } = await loadLmdb();
  // Without overlapping sync, LMDB flushes before it makes a commit visible: nobody can read what
  // a power cut could still take away.
  const root: RootDatabase<Bytes, Bytes> = open<Bytes, Bytes>({
    path,
    pageSize: PAGE_BYTES,
    maxDbs: tableNames.length + 4,
    encoding: "binary",
    keyEncoding: "binary",
    // GroupCommit does the batching; lmdb's own leaves a promise behind that nobody can catch, which
    // ends the process when a commit fails.
    eventTurnBatching: false,
    overlappingSync: false,
    // One flush a commit instead of two. LMDB stays sound: it never writes over pages of the last
    // two commits, and the flush of the next one carries the head of this one to the disk.
    noMetaSync: durability === "relaxed",
    noSync: durability === "memory",
  });
  const state = { closed: false };
  const tables = openTables(root, state);
  return {
    tables,
    transact: async (work) => await root.childTransaction(() => work(tables)),
    ...(durability === "relaxed" ? { flush: async () => await flushRoot(root) } : {}),
    close: async () => {
      state.closed = true;
      await root.close();
    },
  };
}

interface State {
  closed: boolean;
}

function openTables(root: RootDatabase<Bytes, Bytes>, state: State): WritableTables {
  try {
    return Object.fromEntries(
      tableNames.map((name) => [name, new LmdbTable(root, name, state)]),
    ) as unknown as WritableTables;
  } catch (error) {
    void root.close();
    throw error;
  }
}

async function flushRoot(root: unknown): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    (root as Syncing).sync((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

class LmdbTable implements WritableTable {
  readonly #db: Database<Bytes, Bytes>;
  readonly #state: State;

  constructor(root: RootDatabase<Bytes, Bytes>, name: TableName, state: State) {
    this.#state = state;
    this.#db = root.openDB<Bytes, Bytes>({ name, encoding: "binary", keyEncoding: "binary" });
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    return this.#db.getBinary(key);
  }

  range(range: IndexRange): Iterable<IndexEntry> {
    this.#assertOpen();
    return this.#db.getRange({ start: range.start, end: range.end });
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#db.putSync(key, value);
  }

  remove(key: Uint8Array): void {
    this.#db.removeSync(key);
  }

  #assertOpen(): void {
    if (!this.#state.closed) return;
    throw new S3Error("ServiceUnavailable", { message: "The storage server has been stopped." });
  }
}
