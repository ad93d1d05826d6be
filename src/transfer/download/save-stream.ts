import { type PartOfFile, savePart } from "./save-part.ts";

/** A file that is to appear whole, of bytes as they come. */
export interface StreamedFile extends PartOfFile {
  readonly contents: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** Throws Node's errors and those of the stream, with nothing left behind. */
export async function saveStream({ contents, signal, ...part }: StreamedFile): Promise<void> {
  await savePart(part, async (handle) => {
    for await (const chunk of contents) {
      signal.throwIfAborted();
      await handle.writeFile(chunk);
    }
  });
}
