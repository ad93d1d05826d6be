import { mkdtemp, rm } from "node:fs/promises";
import { createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * Takes a stream of unknown length to a private temporary file: an upload needs its length, and a
 * broken pipe must not leave half an object.
 */
export async function spoolToFile(
  stream: Readable,
  signal: AbortSignal,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "sms-storage-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, "input");
  try {
    await pipeline(stream, createWriteStream(path, { mode: 0o600 }), { signal });
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
