const firstBytes = 4096;

/**
 * All bytes of a stream in one buffer; undefined once they are more than `limitBytes`, with the rest
 * unread. Bytes are copied as they come: whoever sends them one by one cannot make a piece of each
 * stay in memory.
 */
export async function gatherBytes(
  source: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<Buffer | undefined> {
  let bytes = Buffer.allocUnsafe(Math.min(firstBytes, limitBytes));
  let length = 0;
  for await (const piece of source) {
    const end = length + piece.length;
    if (end > limitBytes) return undefined;
    if (end > bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(limitBytes, Math.max(end, bytes.length * 2)));
      bytes.copy(larger, 0, 0, length);
      bytes = larger;
    }
    bytes.set(piece, length);
    length = end;
  }
  return bytes.subarray(0, length);
}
