import { statSync } from "node:fs";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { assertNoFile } from "../local/assert-no-file.ts";

/** A file on its way, which is to appear whole. */
export interface PartOfFile {
  /** Beside the target; nothing is there yet. */
  readonly partFile: string;
  readonly target: string;
  /** Its time of change, in seconds since 1970. Default: now. */
  readonly modifiedSeconds?: number | undefined;
  /** AlreadyExists where the target is there, before and after the bytes. Default false. */
  readonly ifAbsent?: boolean;
}

/**
 * Has the bytes written under the name of the part, flushes them and renames. Throws Node's errors,
 * AlreadyExists, and those of `write`, with nothing left behind.
 */
export async function savePart(
  { partFile, target, modifiedSeconds, ifAbsent = false }: PartOfFile,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  if (ifAbsent) await assertNoFile(target);
  const mode = modeOf(target);
  const handle = await open(partFile, "wx", mode);
  try {
    try {
      if (mode !== undefined) await handle.chmod(mode);
      await write(handle);
      if (modifiedSeconds !== undefined) await handle.utimes(Date.now() / 1000, modifiedSeconds);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // The bytes may have taken hours.
    if (ifAbsent) await assertNoFile(target);
    await rename(partFile, target);
  } catch (error) {
    await rm(partFile, { force: true });
    throw error;
  }
}

/** Of the file that is replaced: what was closed to others stays so. Undefined: there is none yet. */
export function modeOf(target: string): number | undefined {
  const stats = statSync(target, { throwIfNoEntry: false });
  return stats === undefined ? undefined : stats.mode & 0o777;
}
