import type { ArchiveMember } from "./archive-member.ts";
import { tarBlockBytes, tarHeader, tarPadding } from "./tar-header.ts";

/** Members up to this size are given as one chunk with what is around them. */
const joinedBytes = 256 * 1024;

/** A tar archive. What the members throw comes before its end marker, so that no reader takes it for whole. */
export async function* tarBytes(
  members: AsyncIterable<ArchiveMember>,
): AsyncGenerator<Uint8Array, void> {
  for await (const member of members) {
    const { contents, sizeBytes } = member;
    const header = tarHeader(member);
    const padding = tarPadding(sizeBytes);
    if ("whole" in contents && sizeBytes <= joinedBytes) {
      yield Buffer.concat([header, contents.whole, padding]);
      continue;
    }
    yield header;
    if ("whole" in contents) yield contents.whole;
    else yield* contents.chunks;
    if (padding.length > 0) yield padding;
  }
  yield Buffer.alloc(2 * tarBlockBytes);
}
