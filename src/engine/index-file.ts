import { closeSync, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import { StorageError } from "../core/errors.ts";
import { serverLimits } from "../core/limits.ts";
import { errorCodeOf } from "./disk-errors.ts";
import type { Durability } from "./engine.ts";
import { readHead } from "./index-pages.ts";
import { openIndex, type IndexStore } from "./index-store.ts";
import { walkIndex, type IndexWalk, type RowVisitor } from "./walk-index.ts";

/** LMDB's PAGE_NOTFOUND, CORRUPTED, PANIC, VERSION_MISMATCH and INVALID. */
const damageCodes: ReadonlySet<number> = new Set([-30797, -30796, -30795, -30794, -30793]);

/**
 * Opens the index after a look at its file, since LMDB maps it into memory: a file of something else,
 * or a page that is not what it was, would end the process without a word or look like an absence.
 * Throws StorageError `IntegrityError`. A missing or empty file is a new index.
 *
 * @param closed The last owner closed the store. Then a large index is not gone through.
 */
export async function openIndexFile(
  directory: string,
  durability: Durability,
  closed: boolean,
): Promise<IndexStore> {
  const path = indexFileIn(directory);
  const walk = judgeIndex(path, closed ? serverLimits.indexWalkBytes : Number.POSITIVE_INFINITY);
  if (walk !== undefined && walk.problemCount > 0) throw damaged(path, describeProblems(walk));
  try {
    return await openIndex(directory, durability);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (typeof code !== "number" || !damageCodes.has(code)) throw error;
    throw damaged(path, "LMDB cannot read it", error);
  }
}

export function indexFileIn(directory: string): string {
  return join(directory, "data.mdb");
}

/**
 * Goes through an index that nobody writes to. Undefined: there is none, or it is larger than
 * `upToBytes` and not shorter than its head says.
 */
export function judgeIndex(
  path: string,
  upToBytes = Number.POSITIVE_INFINITY,
  visit?: RowVisitor,
): IndexWalk | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { size } = fstatSync(descriptor);
    if (size === 0) return undefined;
    const head = readHead(descriptor);
    if (head === undefined) {
      const problems = ["It is no index of this store, or was cut off."];
      return { pages: 0, rows: 0, problems, problemCount: 1 };
    }
    // The last pages may rightly be missing: those taken and given up in the same transaction.
    const seemsWhole = size >= (head.lastPage + 1) * head.pageBytes;
    if (seemsWhole && size > upToBytes) return undefined;
    return walkIndex(descriptor, head, visit);
  } finally {
    closeSync(descriptor);
  }
}

function describeProblems({ problems, problemCount }: IndexWalk): string {
  const [first = ""] = problems;
  const more = problemCount - 1;
  return `${first.replace(/\.$/, "")}${more === 0 ? "" : `, and ${more} more problems`}`;
}

function damaged(path: string, how: string, cause?: unknown): StorageError {
  return new StorageError("IntegrityError", `${path} is damaged: ${how}. Nothing was changed.`, {
    remedy:
      "Look with `sms-storage fsck`, and let `sms-storage fsck --repair` rebuild it; or restore it " +
      "from a backup.",
    ...(cause !== undefined && { cause }),
  });
}
