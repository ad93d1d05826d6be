import {
  closeSync,
  fchmodSync,
  fsyncSync,
  futimesSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { modeOf, type PartOfFile, savePart } from "./save-part.ts";

/** A small file that is to appear whole. */
export interface SmallFile extends PartOfFile {
  readonly bytes: Uint8Array;
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
export async function saveInTurn({ bytes, ...part }: SmallFile): Promise<void> {
  await savePart(part, async (handle) => handle.writeFile(bytes));
}
