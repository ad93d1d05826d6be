import { promisify } from "node:util";
import { constants, deflateRaw } from "node:zlib";
import { archiveLimits } from "../../core/archive-limits.ts";

const deflate = promisify(deflateRaw);

/** The end of a deflate stream that stands at a byte's boundary: an empty last block of fixed codes. */
const lastBlock = Buffer.from([3, 0]);

/**
 * One deflate stream, whose blocks are compressed side by side on Node's threads. They begin at the same
 * bytes whatever the timing, so the same input makes the same output. `onBlock` sees what goes in.
 */
export async function* deflateBlocks(
  source: AsyncIterable<Uint8Array>,
  level: number,
  onBlock: (bytes: Uint8Array) => void,
): AsyncGenerator<Buffer, void> {
  const waiting: { readonly packed: Promise<Buffer>; readonly block: Buffer }[] = [];
  const free: Buffer[] = [];
  let dictionary: Uint8Array | undefined;
  let before: Buffer | undefined;
  /** The block before it is the dictionary of none any more. */
  const take = async ({ packed, block }: (typeof waiting)[number]): Promise<Buffer> => {
    const bytes = await packed;
    if (before !== undefined) free.push(before);
    before = block;
    return bytes;
  };
  try {
    for await (const block of blocksOf(source, free)) {
      onBlock(block);
      const packed = deflate(block, {
        level,
        finishFlush: constants.Z_SYNC_FLUSH,
        ...(dictionary !== undefined && { dictionary }),
      });
      packed.catch(() => undefined);
      waiting.push({ packed, block });
      dictionary = block.subarray(-archiveLimits.windowBytes);
      if (waiting.length < archiveLimits.blocksInFlight) continue;
      const first = waiting.shift();
      if (first !== undefined) yield await take(first);
    }
    for (const last of waiting) yield await take(last);
  } finally {
    await Promise.allSettled(waiting.map(({ packed }) => packed));
  }
  yield lastBlock;
}

/** The bytes in blocks of one length, the last one excepted; in memory that is free, as long as there is some. */
async function* blocksOf(
  source: AsyncIterable<Uint8Array>,
  free: Buffer[],
): AsyncGenerator<Buffer, void> {
  const memory = (): Buffer => free.pop() ?? Buffer.allocUnsafeSlow(archiveLimits.blockBytes);
  let block = memory();
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      const piece = chunk.subarray(at, at + block.length - filled);
      block.set(piece, filled);
      filled += piece.length;
      at += piece.length;
      if (filled < block.length) continue;
      yield block;
      block = memory();
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
