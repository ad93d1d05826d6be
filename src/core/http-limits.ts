/** Bounds of a connection to the embedded server, in bytes. */
export const httpLimits = {
  /** Of the line with a chunk's size and what else stands there. */
  chunkLineBytes: 1024,
  /** Of a body or of later requests, read ahead of who takes them. */
  readAheadBytes: 262_144,
  /** What a piece of those costs beside its bytes, which may be one. */
  pieceBytes: 256,
};
