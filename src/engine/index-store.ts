import type { Database, RootDatabase, TransactionFlags } from "lmdb";
import { makeFolder } from "../disk/make-folder.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { Durability } from "./engine.ts";
import { everything, type IndexRange } from "./index-keys.ts";
import { loadLmdb } from "./load-lmdb.ts";
import type { Change } from "./redo-format.ts";
import type { RowCodec } from "./row-codec.ts";
import { openScan } from "./row-scan.ts";
import type { RowScan } from "./scanned-row.ts";
import {
  rowCodecs,
  tableNames,
  type IndexEntry,
  type TableName,
  type Tables,
  type WritableTable,
  type WritableTables,
} from "./tables.ts";

/** Gives a key of 2,066 bytes room; LMDB's limit is then 4,026. */
const pageBytes = 8192;
/** Room for tables of later versions. */
const spareTables = 8;

export interface IndexTransaction {
  readonly tables: WritableTables;
  /** Puts and removals so far, in their order. */
  readonly changes: readonly Change[];
}

/** The ordered index on LMDB. Writes happen only inside `transact`. */
export interface IndexStore {
  readonly tables: Tables;
  /** Rows of `current` as their bytes. */
  readonly scanCurrent: RowScan;
  /**
   * Runs `work` in a write transaction which is undone as a whole when it throws. Resolves once the
   * transaction is on disk; with `relaxed` a power cut may still undo it, but only the last one;
   * with `memory` nothing is flushed.
   */
  transact<T>(work: (transaction: IndexTransaction) => T): Promise<T>;
  /** Makes changes as they are written down elsewhere, in one transaction of its own. */
  apply(changes: readonly Change[]): void;
  /** Rows of a table as they are stored, with keys after `after`, in the order of their keys. */
  rowsAfter(table: TableName, after: Uint8Array | undefined): Iterable<StoredRow>;
  /** Flushes what is committed. Absent where a commit is flushed already, or never. */
  readonly flush?: () => Promise<void>;
  close(): Promise<void>;
}

interface StoredRow {
  readonly key: Uint8Array;
  readonly row: Uint8Array;
}

type Bytes = Uint8Array;

/** A method that lmdb has and its types lack. Calls back with an error or nothing. */
interface Syncing {
  sync(done: (error?: Error | null) => void): void;
}

interface State {
  closed: boolean;
  changes: Change[];
}

export async function openIndex(path: string, durability: Durability): Promise<IndexStore> {
  const { open, TransactionFlags } = await loadLmdb();
  // LMDB would make it for everybody, and small objects lie in it.
  makeFolder(path, 0o700);
  // Without overlapping sync, LMDB flushes before it makes a commit visible: nobody can read what
  // a power cut could still take away.
  const root: RootDatabase<Bytes, Bytes> = open<Bytes, Bytes>({
    path,
    // Otherwise a folder with a dot in its name would become a file.
    noSubdir: false,
    pageSize: pageBytes,
    maxDbs: tableNames.length + spareTables,
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
  const state: State = { closed: false, changes: [] };
  const databases = openDatabases(root, TransactionFlags.SYNCHRONOUS_COMMIT);
  const tables = openTables(databases, state);
  const scanCurrent = openScan(root, "current");
  const transaction: IndexTransaction = {
    tables,
    get changes() {
      return state.changes;
    },
  };
  return {
    tables,
    scanCurrent: (range, row) => {
      assertOpen(state);
      return scanCurrent(range, row);
    },
    transact: async (work) =>
      await root.childTransaction(() => {
        state.changes = [];
        return work(transaction);
      }),
    apply: (changes) => {
      root.transactionSync(() => {
        for (const { table, key, row } of changes) {
          if (row === undefined) databases[table].removeSync(key);
          else databases[table].putSync(key, row);
        }
      });
    },
    *rowsAfter(table, after) {
      const start = after === undefined ? everything.start : Buffer.concat([after, zeroByte]);
      for (const { key, value } of databases[table].getRange({ start, end: everything.end })) {
        yield { key, row: value };
      }
    },
    ...(durability === "relaxed" && { flush: async () => await flushRoot(root) }),
    close: async () => {
      state.closed = true;
      await root.close();
    },
  };
}

const zeroByte = Buffer.from([0]);

type Databases = Readonly<Record<TableName, Database<Bytes, Bytes>>>;

/** @param flags By which lmdb opens one by itself. */
function openDatabases(root: RootDatabase<Bytes, Bytes>, flags: TransactionFlags): Databases {
  const encoding = { encoding: "binary", keyEncoding: "binary" } as const;
  const opened = () =>
    tableNames.map((name) => [name, root.openDB({ name, ...encoding })] as const);
  try {
    // In one transaction, or each would be committed and flushed by itself.
    return Object.fromEntries(root.transactionSync(opened, flags)) as Databases;
  } catch (error) {
    void root.close();
    throw error;
  }
}

function openTables(databases: Databases, state: State): WritableTables {
  const table = <Row>(name: TableName, codec: RowCodec<Row>): WritableTable<Row> =>
    new LmdbTable(name, databases[name], codec, state);
  return {
    meta: table("meta", rowCodecs.meta),
    buckets: table("buckets", rowCodecs.buckets),
    current: table("current", rowCodecs.current),
    versions: table("versions", rowCodecs.versions),
    nulls: table("nulls", rowCodecs.nulls),
    inline: table("inline", rowCodecs.inline),
    manifests: table("manifests", rowCodecs.manifests),
    blobs: table("blobs", rowCodecs.blobs),
    sums: table("sums", rowCodecs.sums),
    garbage: table("garbage", rowCodecs.garbage),
    uploads: table("uploads", rowCodecs.uploads),
    parts: table("parts", rowCodecs.parts),
    completions: table("completions", rowCodecs.completions),
    records: table("records", rowCodecs.records),
  };
}

async function flushRoot(root: unknown): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    (root as Syncing).sync((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

class LmdbTable<Row> implements WritableTable<Row> {
  readonly #name: TableName;
  readonly #db: Database<Bytes, Bytes>;
  readonly #codec: RowCodec<Row>;
  readonly #state: State;

  constructor(name: TableName, db: Database<Bytes, Bytes>, codec: RowCodec<Row>, state: State) {
    this.#name = name;
    this.#db = db;
    this.#codec = codec;
    this.#state = state;
  }

  get(key: Uint8Array): Row | undefined {
    assertOpen(this.#state);
    const bytes = this.#db.getBinary(key);
    return bytes === undefined ? undefined : this.#codec.decode(bytes, key);
  }

  has(key: Uint8Array): boolean {
    assertOpen(this.#state);
    return this.#db.doesExist(key);
  }

  range(range: IndexRange): Iterable<IndexEntry<Row>> {
    assertOpen(this.#state);
    const codec = this.#codec;
    return this.#db
      .getRange({ start: range.start, end: range.end })
      .map(({ key, value }) => new LazyEntry(key, value, codec));
  }

  put(key: Uint8Array, row: Row): void {
    const bytes = this.#codec.encode(row, key);
    this.#state.changes.push({ table: this.#name, key, row: bytes });
    this.#db.putSync(key, bytes);
  }

  remove(key: Uint8Array): void {
    this.#state.changes.push({ table: this.#name, key, row: undefined });
    this.#db.removeSync(key);
  }
}

function assertOpen({ closed }: State): void {
  if (!closed) return;
  throw new S3Error("ServiceUnavailable", { message: "The storage server has been stopped." });
}

/** Listings pass over most rows of a common prefix without reading them. */
class LazyEntry<Row> implements IndexEntry<Row> {
  readonly key: Uint8Array;
  readonly #value: Uint8Array;
  readonly #codec: RowCodec<Row>;

  constructor(key: Uint8Array, value: Uint8Array, codec: RowCodec<Row>) {
    this.key = key;
    this.#value = value;
    this.#codec = codec;
  }

  get row(): Row {
    return this.#codec.decode(this.#value, this.key);
  }
}
