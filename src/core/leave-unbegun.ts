/**
 * Chunks of a generator, for one reader. A generator that was never begun does not hear that it is left;
 * then `leave` does what it would have done.
 */
export function leaveUnbegun(
  chunks: AsyncGenerator<Uint8Array, void>,
  leave: () => Promise<unknown>,
): AsyncIterable<Uint8Array> {
  let isBegun = false;
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        isBegun = true;
        return chunks.next();
      },
      return: async () => {
        if (isBegun) await chunks.return();
        else await leave();
        return { done: true, value: undefined };
      },
    }),
  };
}
