import type { GroupCommit } from "./group-commit.ts";
import { asBuffer } from "./index-keys.ts";
import type { RecordChanges, RecordEntry, RecordReader, Records } from "./records.ts";
import type { Table, Tables, WritableTable } from "./tables.ts";

/** Records of the services beside S3, in the index like everything else. */
export class RecordStore implements Records {
  readonly #table: Table<unknown>;
  readonly #commit: GroupCommit;
  readonly #changes = new Map<string, number>();
  #restored = 0;

  constructor(tables: Tables, commit: GroupCommit) {
    this.#table = tables.records;
    this.#commit = commit;
  }

  get(kind: string, id: string): unknown {
    return this.#table.get(rowKey(kind, id));
  }

  list(kind: string, prefix = ""): Iterable<RecordEntry> {
    return entriesOf(this.#table, kind, prefix);
  }

  changesOf(kind: string): number {
    return (this.#changes.get(kind) ?? 0) + this.#restored;
  }

  /** Every kind may have changed. */
  forget(): void {
    this.#restored += 1;
  }

  async update<T>(change: (records: RecordChanges) => T): Promise<T> {
    return await this.#commit.write((context) => {
      const kinds = new Set<string>();
      const answer = change(changesIn(context.tables.records, kinds));
      context.afterCommit(() => {
        for (const kind of kinds) this.#changes.set(kind, (this.#changes.get(kind) ?? 0) + 1);
      });
      return answer;
    });
  }
}

function changesIn(table: WritableTable<unknown>, kinds: Set<string>): RecordChanges {
  const reader: RecordReader = {
    get: (kind, id) => table.get(rowKey(kind, id)),
    list: (kind, prefix = "") => entriesOf(table, kind, prefix),
  };
  return {
    ...reader,
    put: (kind, id, value) => {
      kinds.add(kind);
      table.put(rowKey(kind, id), value);
    },
    remove: (kind, id) => {
      kinds.add(kind);
      table.remove(rowKey(kind, id));
    },
  };
}

function* entriesOf(table: Table<unknown>, kind: string, prefix: string): Iterable<RecordEntry> {
  const start = rowKey(kind, prefix);
  // No text has a byte of FF.
  const end = Buffer.concat([start, Buffer.from([0xff])]);
  for (const { key, row } of table.range({ start, end })) {
    yield { id: asBuffer(key).toString("utf8", kind.length + 1), value: row };
  }
}

/** Kinds are words of ASCII, so that none is the beginning of another's row. */
function rowKey(kind: string, id: string): Buffer {
  return Buffer.from(`${kind}\0${id}`, "utf8");
}
