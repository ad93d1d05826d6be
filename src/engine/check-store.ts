import { serverLimits } from "../core/limits.ts";
import type { BlobFiles } from "./blob-files.ts";
import {
  readReferences,
  type Incomplete,
  type Owner,
  type References,
} from "./check-references.ts";
import { errorCodeOf } from "./disk-errors.ts";
import type { IndexTransaction } from "./index-store.ts";
import { asBuffer, blobKey, everything, numberKey, readNumber } from "./index-keys.ts";
import { findOrphans } from "./recovery.ts";
import type { BlobRow } from "./rows.ts";
import type { Tables } from "./tables.ts";

/** Whether what the index says of bytes is so. */
export interface StoreCheck {
  readonly versions: number;
  readonly uploads: number;
  readonly files: number;
  /** Files of objects that are not there, or too short. */
  readonly missingFiles: readonly string[];
  /** Files that nothing refers to. */
  readonly orphans: readonly string[];
  /** At most `serverLimits.incompleteTold`; of more only the count. */
  readonly incomplete: readonly Incomplete[];
  readonly incompleteCount: number;
  /** Rows that say something else than those who refer to them, or that nothing refers to. */
  readonly wrongRows: number;
}

/**
 * Compares the index with itself and with the files. Nobody may write meanwhile.
 *
 * @param damaged Files whose bytes are not what was written, and why.
 */
export async function checkStore(
  tables: Tables,
  files: BlobFiles,
  damaged: ReadonlyMap<string, string>,
): Promise<StoreCheck> {
  const sizes = new Map<string, number>();
  for (const id of await files.ids()) sizes.set(id, await sizeOf(files, id));
  const incomplete: Incomplete[] = [];
  let incompleteCount = 0;
  const tell = (owner: Owner, why: string): void => {
    incompleteCount += 1;
    if (incomplete.length < serverLimits.incompleteTold) incomplete.push({ ...owner, why });
  };
  const missing = new Set<string>();
  const references = readReferences(
    tables,
    (owner, [id, offset, length]) => {
      if (typeof id === "number") {
        if (!tables.inline.has(numberKey(id))) tell(owner, "its bytes are not in the index");
        return;
      }
      const why = damaged.get(id);
      if (why !== undefined) {
        tell(owner, why);
        return;
      }
      const size = sizes.get(id);
      if (size !== undefined && size >= offset + length) return;
      missing.add(id);
      tell(owner, `its file ${id} ${size === undefined ? "is missing" : "is too short"}`);
    },
    (owner) => tell(owner, "the list of its parts is not in the index"),
  );
  return {
    versions: references.versions,
    uploads: references.uploads,
    files: sizes.size,
    missingFiles: [...missing],
    orphans: await findOrphans(tables, files),
    incomplete,
    incompleteCount,
    wrongRows: [...wrongRows(tables, references)].length,
  };
}

async function sizeOf(files: BlobFiles, id: string): Promise<number> {
  try {
    return await files.sizeOf(id);
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return -1;
    throw error;
  }
}

/** A row that must change for the index to agree with itself. */
type Correction =
  | { readonly table: "inline" | "manifests" | "garbage" | "sums"; readonly key: Uint8Array }
  | { readonly table: "blobs"; readonly key: Uint8Array; readonly row: BlobRow | undefined };

function* wrongRows(tables: Tables, references: References): Generator<Correction> {
  yield* unusedRows(tables, references);
  yield* wrongCounts(tables, references);
}

function* unusedRows(tables: Tables, references: References): Generator<Correction> {
  for (const { key } of tables.inline.range(everything)) {
    if (!references.inline.has(readNumber(key))) yield { table: "inline", key };
  }
  for (const { key } of tables.manifests.range(everything)) {
    if (!references.manifests.has(readNumber(key))) yield { table: "manifests", key };
  }
}

function* wrongCounts(tables: Tables, references: References): Generator<Correction> {
  for (const { key } of tables.sums.range(everything)) {
    const file = key.subarray(0, key.length - 4);
    if (!tables.blobs.has(file) && !tables.garbage.has(file)) yield { table: "sums", key };
  }
  for (const { key, row } of tables.blobs.range(everything)) {
    const count = references.files.get(asBuffer(key).toString("hex"))?.count ?? 0;
    if (count === row.refs) continue;
    yield { table: "blobs", key, row: count === 0 ? undefined : { ...row, refs: count } };
  }
  for (const [id, { count, bytes }] of references.files) {
    const key = blobKey(id);
    if (tables.garbage.has(key)) yield { table: "garbage", key };
    if (tables.blobs.has(key)) continue;
    yield { table: "blobs", key, row: { refs: count, size: bytes, md5: "", at: 0 } };
  }
}

/** Makes the index agree with itself: counts of users, and rows that nobody uses. */
export function correctRows({ tables }: IndexTransaction): number {
  const corrections = [...wrongRows(tables, readReferences(tables))];
  for (const correction of corrections) {
    if (correction.table === "blobs" && correction.row !== undefined) {
      tables.blobs.put(correction.key, correction.row);
    } else tables[correction.table].remove(correction.key);
  }
  return corrections.length;
}
