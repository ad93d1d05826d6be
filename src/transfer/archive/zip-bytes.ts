import { crc32 } from "node:zlib";
import { archiveLimits } from "../../core/archive-limits.ts";
import { type ArchiveMember, isFolderName } from "./archive-member.ts";
import { deflateBlocks } from "./deflate-blocks.ts";
import { KeptBytes } from "./kept-bytes.ts";
import { type PackedBytes, packBytes } from "./pack-bytes.ts";
import {
  centralHeader,
  dataDescriptor,
  endRecords,
  localHeader,
  type ZipEntry,
  type ZipSizes,
} from "./zip-records.ts";

/**
 * A ZIP archive. What the members throw comes before its central directory, so that no reader takes it
 * for whole. Some 100 bytes and the name of each member are held until then. `level`: 0 to 9.
 */
export async function* zipBytes(
  members: AsyncIterable<ArchiveMember>,
  level: number,
): AsyncGenerator<Uint8Array, void> {
  const directory = new KeptBytes();
  let offset = 0;
  for await (const member of members) {
    const begin = offset;
    const written = writeMember(member, level);
    for (;;) {
      const { done, value } = await written.next();
      if (done === true) {
        directory.add(centralHeader(value.entry, value.sizes, begin));
        break;
      }
      offset += value.length;
      yield value;
    }
  }
  yield* directory.pieces();
  const { count, sizeBytes } = directory;
  yield endRecords({ entries: count, sizeBytes, offset });
}

interface WrittenEntry {
  readonly entry: ZipEntry;
  readonly sizes: ZipSizes;
}

async function* writeMember(
  { name, modifiedSeconds, sizeBytes, contents }: ArchiveMember,
  level: number,
): AsyncGenerator<Uint8Array, WrittenEntry> {
  const facts = { name: Buffer.from(name), isFolder: isFolderName(name), modifiedSeconds };
  if ("whole" in contents) {
    const packed: PackedBytes = contents.packed ?? (await packBytes(contents.whole, level));
    const entry = { ...facts, method: packed.method, isStreamed: false, isLarge: false };
    const sizes = { crc32: packed.crc32, packedBytes: packed.bytes.length, sizeBytes };
    yield Buffer.concat([localHeader(entry, sizes), packed.bytes]);
    return { entry, sizes };
  }
  const isLarge = sizeBytes >= archiveLimits.zip64FromBytes;
  const entry: ZipEntry = { ...facts, method: "deflate", isStreamed: true, isLarge };
  yield localHeader(entry, undefined);
  let [sum, packedBytes] = [0, 0];
  const blocks = deflateBlocks(contents.chunks, level, (block) => (sum = crc32(block, sum)));
  for await (const block of blocks) {
    packedBytes += block.length;
    yield block;
  }
  const sizes = { crc32: sum, packedBytes, sizeBytes };
  yield dataDescriptor(entry, sizes);
  return { entry, sizes };
}
