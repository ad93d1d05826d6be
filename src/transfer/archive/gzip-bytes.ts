import { crc32 } from "node:zlib";
import { deflateBlocks } from "./deflate-blocks.ts";

/** Without a name and a time, so that the same bytes make the same file. Source: RFC 1952. */
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** One gzip member; its header comes at once. `level`: 0 to 9. */
export async function* gzipBytes(
  source: AsyncIterable<Uint8Array>,
  level: number,
): AsyncGenerator<Uint8Array, void> {
  yield gzipHeader;
  let [sum, sizeBytes] = [0, 0];
  yield* deflateBlocks(source, level, (block) => {
    sum = crc32(block, sum);
    sizeBytes += block.length;
  });
  const end = Buffer.alloc(8);
  end.writeUInt32LE(sum, 0);
  end.writeUInt32LE(sizeBytes % 2 ** 32, 4);
  yield end;
}
