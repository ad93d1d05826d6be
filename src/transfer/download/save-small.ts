import {
  closeSync,
  fchmodSync,
  fsyncSync,
  futimesSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { open, rename, rm } from "node:fs/promises";

/** A small file that is to appear whole. */
export interface SmallFile {
  /** Beside the target; nothing is there yet. */
  readonly partFile: string;
  readonly target: string;
  readonly bytes: Uint8Array;
  /** Its time of change, in seconds since 1970. Default: now. */
  readonly modifiedSeconds: number | undefined;
}

/**
 * Writes the bytes under the name of the part, flushes them and renames: at once, for disks that are
 * quick. Throws Node's errors, with nothing left behind.
 */
export function saveAtOnce({ partFile, target, bytes, modifiedSeconds }: SmallFile): true {
  const mode = modeOf(target);
  const descriptor = openSync(partFile, "wx", mode);
  try {
    try {
      if (mode !== undefined) fchmodSync(descriptor, mode);
      for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
      if (modifiedSeconds !== undefined) {
        futimesSync(descriptor, Date.now() / 1000, modifiedSeconds);
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(partFile, target);
    return true;
  } catch (error) {
    rmSync(partFile, { force: true });
    throw error;
  }
}

/** The same by way of the thread pool. */
export async function saveInTurn({
  partFile,
  target,
  bytes,
  modifiedSeconds,
}: SmallFile): Promise<void> {
  const mode = modeOf(target);
  const handle = await open(partFile, "wx", mode);
  try {
    try {
      if (mode !== undefined) await handle.chmod(mode);
      await handle.writeFile(bytes);
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
