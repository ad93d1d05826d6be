/** A small text. */
export const smallContent: Buffer = Buffer.from(
  "Written and deleted by sms-storage verify.\n",
  "utf8",
);

/** The key of the small object. */
export function smallKey(prefix: string): string {
  return `${prefix}small.txt`;
}

/** The key of the large one. */
export function largeKey(prefix: string): string {
  return `${prefix}large.bin`;
}

/** Bytes that repeat nowhere near a part's size, so that parts in the wrong order show. */
export function patternBytes(lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  for (let at = 0; at + 4 <= lengthBytes; at += 4) bytes.writeUInt32LE(at, at);
  return bytes;
}

/** The offset of the first byte that differs; undefined when all are alike. */
export async function firstDifference(
  body: AsyncIterable<Uint8Array>,
  expected: Buffer,
): Promise<number | undefined> {
  let at = 0;
  let different: number | undefined;
  // Read to the end even so, else the connection stays taken.
  for await (const chunk of body) {
    const wanted = expected.subarray(at, at + chunk.length);
    if (different === undefined && Buffer.compare(wanted, chunk) !== 0) different = at;
    at += chunk.length;
  }
  if (different === undefined && at !== expected.length) different = Math.min(at, expected.length);
  return different;
}
