import type { FileHandle } from "node:fs/promises";
import { type PartOfFile, savePart } from "./save-part.ts";

/** A file that is to appear whole, of bytes as they come. */
export interface StreamedFile extends PartOfFile {
  readonly contents: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Chunks of zeros that are left out of the file as holes. Default: none. */
  readonly isHole?: (chunk: Uint8Array) => boolean;
}

/** Throws Node's errors and those of the stream, with nothing left behind. */
export async function saveStream({
  contents,
  signal,
  isHole,
  ...part
}: StreamedFile): Promise<void> {
  await savePart(part, async (handle) => {
    let position = 0;
    let endsInHole = false;
    for await (const chunk of contents) {
      signal.throwIfAborted();
      endsInHole = isHole?.(chunk) === true;
      if (!endsInHole) await writeAt(handle, chunk, position);
      position += chunk.length;
    }
    if (endsInHole) await handle.truncate(position);
  });
}

async function writeAt(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}
