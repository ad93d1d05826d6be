import { statSync } from "node:fs";
import { open, rename, rm, type FileHandle } from "node:fs/promises";

/** A file on its way, which is to appear whole. */
export interface PartOfFile {
  /** Beside the target; nothing is there yet. */
  readonly partFile: string;
  readonly target: string;
  /** Its time of change, in seconds since 1970. Default: now. */
  readonly modifiedSeconds?: number | undefined;
}

/**
 * Has the bytes written under the name of the part, flushes them and renames. Throws Node's errors and
 * those of `write`, with nothing left behind.
 */
export async function savePart(
  { partFile, target, modifiedSeconds }: PartOfFile,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
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
