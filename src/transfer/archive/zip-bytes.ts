import { crc32 } from "node:zlib";
import { archiveLimits } from "../../core/archive-limits.ts";
import { type ArchiveMember, isFolderName } from "./archive-member.ts";
import { deflateBlocks } from "./deflate-blocks.ts";
import { JoinedChunks } from "./joined-chunks.ts";
import { KeptBytes } from "./kept-bytes.ts";
import { packBytes } from "./pack-bytes.ts";
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
  const joined = new JoinedChunks();
  let offset = 0;
  for await (const member of members) {
    const begin = offset;
    const { contents } = member;
    if ("chunks" in contents) {
      for (const chunk of joined.rest()) yield chunk;
      const written = streamedMember(member, contents.chunks, level);
      for (;;) {
        const { done, value } = await written.next();
        if (done === true) {
          directory.add(centralHeader(value.entry, value.sizes, begin));
          break;
        }
        offset += value.length;
        yield value;
      }
      continue;
    }
    const packed = "packed" in contents ? contents.packed : await packBytes(contents.whole, level);
    const { bytes, method } = packed;
    const entry = entryOf(member, { method, isStreamed: false, isLarge: false });
    const sizes = { crc32: packed.crc32, packedBytes: bytes.length, sizeBytes: member.sizeBytes };
    const header = localHeader(entry, sizes);
    directory.add(centralHeader(entry, sizes, begin));
    offset += header.length + bytes.length;
    for (const chunk of joined.add(header, bytes)) yield chunk;
  }
  for (const piece of directory.pieces()) for (const chunk of joined.add(piece)) yield chunk;
  const { count, sizeBytes } = directory;
  for (const chunk of joined.add(endRecords({ entries: count, sizeBytes, offset }))) yield chunk;
  for (const chunk of joined.rest()) yield chunk;
}

interface WrittenEntry {
  readonly entry: ZipEntry;
  readonly sizes: ZipSizes;
}

async function* streamedMember(
  member: ArchiveMember,
  chunks: AsyncIterable<Uint8Array>,
  level: number,
): AsyncGenerator<Uint8Array, WrittenEntry> {
  const { sizeBytes } = member;
  const isLarge = sizeBytes >= archiveLimits.zip64FromBytes;
  const entry = entryOf(member, { method: "deflate", isStreamed: true, isLarge });
  yield localHeader(entry, undefined);
  let [sum, packedBytes] = [0, 0];
  const blocks = deflateBlocks(chunks, level, (block) => (sum = crc32(block, sum)));
  for await (const block of blocks) {
    packedBytes += block.length;
    yield block;
  }
  const sizes = { crc32: sum, packedBytes, sizeBytes };
  yield dataDescriptor(entry, sizes);
  return { entry, sizes };
}

/** Name by name: V8 makes a new hidden class for each object that is spread and then added to. */
function entryOf(
  { name, modifiedSeconds }: ArchiveMember,
  { method, isStreamed, isLarge }: Pick<ZipEntry, "method" | "isStreamed" | "isLarge">,
): ZipEntry {
  const isFolder = isFolderName(name);
  return { name: Buffer.from(name), isFolder, modifiedSeconds, method, isStreamed, isLarge };
}
