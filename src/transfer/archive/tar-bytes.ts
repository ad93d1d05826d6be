import type { ArchiveMember } from "./archive-member.ts";
import { archiveLimits } from "../../core/archive-limits.ts";
import { tarBlockBytes, tarHeader, tarPadding } from "./tar-header.ts";

/**
 * A tar archive. What the members throw comes before its end marker, so that no reader takes it for whole. Small
 * members are copied into one chunk with what is around them; `joins: false`: for who copies each chunk.
 */
export async function* tarBytes(
  members: AsyncIterable<ArchiveMember>,
  { joins }: { readonly joins: boolean },
): AsyncGenerator<Uint8Array, void> {
  for await (const member of members) {
    const { contents, sizeBytes } = member;
    const header = tarHeader(member);
    const padding = tarPadding(sizeBytes);
    if (joins && "whole" in contents && sizeBytes <= archiveLimits.reusedBytes) {
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
