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
  const waiting: Promise<Buffer>[] = [];
  let dictionary: Uint8Array | undefined;
  try {
    for await (const block of blocksOf(source)) {
      onBlock(block);
      const packed = deflate(block, {
        level,
        finishFlush: constants.Z_SYNC_FLUSH,
        ...(dictionary !== undefined && { dictionary }),
      });
      packed.catch(() => undefined);
      waiting.push(packed);
      dictionary = block.subarray(-archiveLimits.windowBytes);
      if (waiting.length < archiveLimits.blocksInFlight) continue;
      const first = await waiting.shift();
      if (first !== undefined) yield first;
    }
    for (const packed of waiting) yield await packed;
  } finally {
    await Promise.allSettled(waiting);
  }
  yield lastBlock;
}

/** The bytes in blocks of one length, the last one excepted. Each has memory of its own. */
async function* blocksOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let block = Buffer.allocUnsafeSlow(archiveLimits.blockBytes);
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      const piece = chunk.subarray(at, at + block.length - filled);
      block.set(piece, filled);
      filled += piece.length;
      at += piece.length;
      if (filled < block.length) continue;
      yield block;
      block = Buffer.allocUnsafeSlow(archiveLimits.blockBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
