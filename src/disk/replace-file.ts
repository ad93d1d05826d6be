import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncDirectory } from "./sync-directory.ts";

export interface ReplaceFileOptions {
  /** For whom the file is, whatever the process's umask would take away. Default 0600, its owner alone. */
  readonly mode?: number;
  /** On disk before this answers. Default true; false for what a power cut may take with it. */
  readonly flush?: boolean;
}

/**
 * Puts a text in the place of a file, made when there is none. Readers and crashes meet the old file or
 * the new one, never a part. Fails with the error of the file system, and the old file stays.
 */
export async function replaceFile(
  path: string,
  text: string,
  { mode = 0o600, flush = true }: ReplaceFileOptions = {},
): Promise<void> {
  // In the same folder: a rename between file systems is a copy, which can be met half-done.
  const draft = `${path}.${randomUUID()}.new`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.chmod(mode);
      if (flush) await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  if (flush) await syncDirectory(dirname(path));
}
