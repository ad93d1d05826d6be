/** The bytes of an object, each piece verified before it is given out. */
export interface ObjectContent extends AsyncIterable<Uint8Array> {
  /** All of them, where they are in memory, and ends the reading. Undefined: they are to be read piece by piece. */
  takeWhole(): Uint8Array | undefined;
}
