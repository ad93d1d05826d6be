/**
 * A web stream of bytes as the program's own types have it, those of Node or of a browser: Node's types
 * of version 20 give the class, but no type of its name.
 */
export type WebByteStream = typeof globalThis extends {
  ReadableStream: { prototype: infer Stream };
}
  ? Stream
  : AsyncIterable<Uint8Array>;

/** Chunks as a web stream, each taken only when it is asked for; cancelling it leaves them. */
export function toWebStream(chunks: AsyncIterator<Uint8Array>): WebByteStream {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
