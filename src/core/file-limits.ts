import { mib } from "./limits.ts";

/** Bounds of how the embedded server writes and reads the files of objects; all ours. */
export const fileLimits = {
  /** Bytes of an upload that go to its file together, while as many are awaited. */
  writeBatchBytes: mib / 2,
  /** Pieces of them: a client may send a byte at a time. */
  writeBatchPieces: 1024,
  /** Held by all uploads for that; above it bytes are written as they come. */
  heldWriteBytes: 64 * mib,
  /** Of a read behind the first one of an object, as long as not too many are read that way. */
  largeReadBytes: mib,
  largeReads: 16,
} as const;
