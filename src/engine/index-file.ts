import { open } from "node:fs/promises";
import { join } from "node:path";
import { StorageError } from "../core/errors.ts";
import { errorCodeOf } from "./disk-errors.ts";

/** LMDB's mark in the first page; in the byte order of the machine that wrote it. */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;

/**
 * A look at the index before LMDB maps it: a file of something else ends the process there, without
 * a word. Throws StorageError `IntegrityError`. A missing or empty file is a new index.
 */
export async function assertIndexFile(directory: string): Promise<void> {
  const path = join(directory, "data.mdb");
  const head = Buffer.alloc(MAGIC_AT + 4);
  let bytesRead: number;
  try {
    const file = await open(path, "r");
    try {
      ({ bytesRead } = await file.read(head, 0, head.length, 0));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return;
    throw error;
  }
  const isIndex = bytesRead === head.length && head.readUInt32LE(MAGIC_AT) === MAGIC;
  if (bytesRead === 0 || isIndex) return;
  throw new StorageError("IntegrityError", `${path} is damaged: it is no index of this store.`, {
    remedy: "Restore it from a backup, or start with an empty data directory.",
  });
}
