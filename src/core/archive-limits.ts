import { mib } from "./limits.ts";

const gib = 1024 * mib;

/** Bounds of archives that are written and read; ours unless a source is named. */
export const archiveLimits = {
  /** Objects, and ranges of larger ones, that are fetched at a time. */
  lanes: 16,
  /** Objects up to this size are fetched whole, larger ones in ranges of it. */
  pieceBytes: 2 * mib,
  /** Fetched ahead of whoever takes the archive. */
  aheadBytes: 16 * mib,
  aheadPieces: 256,
  /** Requests at a time until the first is answered, which then need not wait for the others' turns. */
  firstLanes: 2,
  /** Memory of small members that is used again, up to this size of each, and this much of it unused. */
  reusedBytes: 256 * 1024,
  unusedBytes: 4 * mib,
  /** Compressed by itself, side by side with others; the same blocks whatever the timing. */
  blockBytes: 256 * 1024,
  blocksInFlight: 4,
  /** Of small ZIP members. Node's own threads are four by default. */
  packEngines: 4,
  /** What one block is compressed with besides itself. Source: RFC 1951, distances. */
  windowBytes: 32 * 1024,
  /** Members that were left out, told one by one; an archive that lacks more fails. */
  leftOut: 10_000,
  /** Their names and reasons, of an archive that is unpacked; a name may be as long as its record. */
  leftOutBytes: 4 * mib,
  /** Lines of a manifest, some 300,000 members; it is a member itself, whose size comes before it. */
  manifestBytes: 64 * mib,
  /** From here on a ZIP member says its sizes in 64 bits: what does not compress grows a little. */
  zip64FromBytes: 4 * gib - 256 * mib,
  /** Pieces of a file that was packed without its holes. */
  sparsePieces: 100_000,
  /** PAX records and long names of one member that is read. */
  recordBytes: mib,
  /** Of zeros behind the end marker of a tar that is unpacked; tar's own blocks are some 10 KiB. */
  paddingBytes: 64 * mib,
  /** Members of an archive that is unpacked, its folders, and their bytes, unless more are allowed. */
  entries: 100_000,
  unpackedBytes: 1024 * gib,
  /** How many times its own bytes an archive may unpack to, once that is more than so many bytes. */
  ratio: 200,
  ratioFromBytes: 64 * mib,
  /** Members up to this size are unpacked in memory, and written side by side. */
  wholeBytes: 4 * mib,
  heldBytes: 32 * mib,
} as const;

/** Bounds of one open object that is read here and there; ours. */
export const randomAccessLimits = {
  /** Fetched and kept at a time, from multiples of this on. */
  blockBytes: 64 * 1024,
  /** Blocks kept of one object. */
  cacheBytes: 16 * mib,
  /** Blocks no further apart than this are fetched by one request. Source: obstore coalesces up to 1 MiB. */
  gapBytes: 512 * 1024,
  /** The longest range of one request. */
  rangeBytes: 4 * mib,
  /** Longer reads go past the blocks, into the memory that is given back. */
  directFromBytes: 4 * mib,
  /** Requests at a time. */
  lanes: 8,
} as const;

/** Bounds of a directory that is watched; ours. */
export const watchLimits = {
  intervalMs: 30_000,
  /** Told at a time. */
  events: 1000,
  /** Of what is remembered, before it is compressed. */
  chunkBytes: 64 * 1024,
  /** Sorted in memory, where a store lists in no order; some 500 MiB. */
  unorderedObjects: 1_000_000,
} as const;
