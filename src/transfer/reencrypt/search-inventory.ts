import { createHash } from "node:crypto";
import { StorageError } from "../../core/errors.ts";
import { readList } from "../selection/read-list.ts";
import type { Candidate } from "./candidate.ts";
import { archivedClasses } from "../../core/storage-classes.ts";
import { type InventoryRow, readInventoryRow } from "./inventory-row.ts";
import { lookAtObjects, type Seen } from "./look-at-objects.ts";
import type { Search } from "./search-listing.ts";
import { plus, type Tally, withCandidate } from "./tally.ts";

/** An S3 Inventory, or a list of its form, opened file by file. */
export interface Inventory {
  readonly columns: readonly string[];
  readonly files: readonly InventoryFile[];
}

interface InventoryFile {
  readonly name: string;
  /** Hexadecimal; undefined: nothing is known to compare with. */
  readonly md5: string | undefined;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

const rowsAtATime = 1000;

/**
 * Finds the objects under a prefix that an inventory shows under KMS; those whose row does not tell are
 * looked at. Goes on behind the rows that the ledger has seen. An inventory is hours old: each object
 * is looked at again before it is copied. Throws InvalidArgument for rows of another form.
 */
export async function searchInventory(
  search: Search,
  inventory: Inventory,
  prefix: string,
): Promise<void> {
  const { ledger, now } = search;
  const skipped = typeof ledger.place === "number" ? ledger.place : 0;
  let row = 0;
  let rows: InventoryRow[] = [];
  for (const file of inventory.files) {
    let line = 0;
    for await (const text of linesOf(file)) {
      row += 1;
      line += 1;
      if (row <= skipped) continue;
      const place = { name: file.name, row: line };
      rows.push(readInventoryRow(text, inventory.columns, place));
      if (rows.length < rowsAtATime) continue;
      await step(search, { rows, row, prefix });
      rows = [];
    }
  }
  await step(search, { rows, row, prefix });
  ledger.scanned(now().toISOString());
}

async function step(
  { store, ledger, signal, now, onStep }: Search,
  {
    rows,
    row,
    prefix,
  }: { readonly rows: readonly InventoryRow[]; readonly row: number; readonly prefix: string },
): Promise<void> {
  const meant = rows.filter(
    ({ bucket, key, isCurrent }) => bucket === store.bucket && isCurrent && key.startsWith(prefix),
  );
  const told = meant.filter(({ encryption }) => encryption !== undefined);
  const untold = meant.filter(({ encryption }) => encryption === undefined);
  const byRow = told.reduce<Judged>(judge, { tally: ledger.tally, candidates: [], seen: [] });
  const byHead = await lookAtObjects(store, untold, byRow.tally, signal);
  await ledger.found([...byRow.candidates, ...byHead.candidates], {
    place: row,
    tally: byHead.tally,
    at: now().toISOString(),
  });
  await onStep([...byRow.seen, ...byHead.seen]);
}

interface Judged {
  readonly tally: Tally;
  readonly candidates: Candidate[];
  readonly seen: Seen[];
}

function judge({ tally: before, candidates, seen }: Judged, row: InventoryRow): Judged {
  const { key, sizeBytes, storageClass, encryption } = row;
  const tally = { ...before, looked: plus(before.looked, sizeBytes) };
  if (encryption === "SSE-C") {
    seen.push({ kind: "own-key", key });
    return { tally: { ...tally, ownKey: tally.ownKey + 1 }, candidates, seen };
  }
  if (encryption !== "SSE-KMS" && encryption !== "DSSE-KMS") {
    const kind = encryption === "SSE-S3" ? "plain" : "untold";
    return { tally: { ...tally, [kind]: tally[kind] + 1 }, candidates, seen };
  }
  if (storageClass !== undefined && archivedClasses.has(storageClass)) {
    seen.push({ kind: "archived", key, storageClass });
    return { tally: { ...tally, archived: plus(tally.archived, sizeBytes) }, candidates, seen };
  }
  const candidate = {
    key,
    sizeBytes,
    ...(storageClass !== undefined && { storageClass }),
    ...(row.isLocked && { isSpecial: true }),
  };
  candidates.push(candidate);
  return { tally: withCandidate(tally, candidate), candidates, seen };
}

/** The rows of a file, and an error at its end when its bytes are not those that were written. */
async function* linesOf(file: InventoryFile): AsyncGenerator<string, void> {
  const hash = createHash("md5");
  const bytes = hashed(await file.open(), hash);
  yield* readList({ name: file.name, bytes, format: "lines" });
  const found = hash.digest("hex");
  if (file.md5 === undefined || found === file.md5.toLowerCase()) return;
  throw new StorageError(
    "IntegrityError",
    `${file.name} is not the file that its manifest names.`,
    {
      operation: "re-encrypt",
      remedy: "Use the manifest of the same day as its files; a newer one may have replaced them.",
    },
  );
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}
