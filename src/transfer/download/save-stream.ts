import { open, rename, rm } from "node:fs/promises";
import { modeOf } from "./save-small.ts";

/** A file that is to appear whole, of bytes as they come. */
export interface StreamedFile {
  readonly partFile: string;
  readonly target: string;
  readonly contents: AsyncIterable<Uint8Array>;
  /** Its time of change, in seconds since 1970. Default: now. */
  readonly modifiedSeconds?: number;
  readonly signal: AbortSignal;
}

/**
 * Writes the bytes under the name of the part, flushes them and renames. Throws Node's errors and those
 * of the stream, with nothing left behind.
 */
export async function saveStream(file: StreamedFile): Promise<void> {
  const { partFile, target, contents, modifiedSeconds, signal } = file;
  const mode = modeOf(target);
  const handle = await open(partFile, "wx", mode);
  try {
    try {
      if (mode !== undefined) await handle.chmod(mode);
      for await (const chunk of contents) {
        signal.throwIfAborted();
        await handle.writeFile(chunk);
      }
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
