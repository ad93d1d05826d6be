import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { StorageError } from "../core/errors.ts";
import { errorCodeOf } from "./disk-errors.ts";
import type { Durability } from "./engine.ts";
import { hasAllPages, readHead } from "./index-pages.ts";
import { openIndex } from "./index-store.ts";
import type { IndexStore } from "./index-store.ts";

/** LMDB's PAGE_NOTFOUND, CORRUPTED, PANIC, VERSION_MISMATCH and INVALID. */
const DAMAGE: ReadonlySet<number> = new Set([-30797, -30796, -30795, -30794, -30793]);

/**
 * Opens the index after a look at its file, since LMDB maps it into memory: a file of something else,
 * or a page that is not there, would end the process without a word. Throws StorageError
 * `IntegrityError`. A missing or empty file is a new index.
 */
export async function openIndexFile(
  directory: string,
  durability: Durability,
): Promise<IndexStore> {
  const path = join(directory, "data.mdb");
  await assertWhole(path);
  try {
    return await openIndex(directory, durability);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (typeof code !== "number" || !DAMAGE.has(code)) throw error;
    throw damaged(path, "LMDB cannot read it", error);
  }
}

async function assertWhole(path: string): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return;
    throw error;
  }
  try {
    const { size } = await file.stat();
    if (size === 0) return;
    const head = await readHead(file);
    if (head === undefined) throw damaged(path, "it is no index of this store, or was cut off");
    // The last pages may rightly be missing: those taken and given up in the same transaction. So a
    // file that seems too short is gone through; others are not, which would take long.
    if (size >= (head.lastPage + 1) * head.pageBytes) return;
    if (!(await hasAllPages(file, size, head))) throw damaged(path, "its end is cut off");
  } finally {
    await file.close();
  }
}

function damaged(path: string, how: string, cause?: unknown): StorageError {
  return new StorageError("IntegrityError", `${path} is damaged: ${how}.`, {
    remedy: "Restore it from a backup, or start with an empty data directory.",
    ...(cause === undefined ? {} : { cause }),
  });
}
