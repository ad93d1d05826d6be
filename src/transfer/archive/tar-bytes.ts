import type { ArchiveMember } from "./archive-member.ts";
import { JoinedChunks } from "./joined-chunks.ts";
import { tarBlockBytes, tarHeader, tarPadding } from "./tar-header.ts";

/**
 * A tar archive. What the members throw comes before its end marker, so that no reader takes it for whole. Small
 * members are copied into one chunk with what is around them; `joins: false`: for who copies each chunk.
 */
export async function* tarBytes(
  members: AsyncIterable<ArchiveMember>,
  { joins }: { readonly joins: boolean },
): AsyncGenerator<Uint8Array, void> {
  const joined = new JoinedChunks();
  const handOver = (...pieces: readonly Uint8Array[]): readonly Uint8Array[] =>
    joins ? joined.add(...pieces) : pieces;
  for await (const member of members) {
    const { contents } = member;
    const header = tarHeader(member);
    const padding = tarPadding(member.sizeBytes);
    if ("chunks" in contents) {
      for (const chunk of handOver(header)) yield chunk;
      for await (const piece of contents.chunks) for (const chunk of handOver(piece)) yield chunk;
      for (const chunk of handOver(padding)) yield chunk;
    } else {
      const bytes = "whole" in contents ? contents.whole : contents.packed.bytes;
      for (const chunk of handOver(header, bytes, padding)) yield chunk;
    }
  }
  for (const chunk of handOver(Buffer.alloc(2 * tarBlockBytes))) yield chunk;
  for (const chunk of joined.rest()) yield chunk;
}
