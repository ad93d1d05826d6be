/** A member to be written. */
export interface UnpackedMember {
  readonly name: string;
  readonly sizeBytes: number;
  /** Seconds since 1970. */
  readonly modifiedSeconds: number;
}

/** Where members are written. */
export interface UnpackTarget {
  /** Makes one of names that the target cannot tell apart. */
  fold(name: string): string;
  /** Why it cannot take such a name, to follow "its name"; undefined when it can. */
  fault(name: string): string | undefined;
  /** Whole and verified, or not at all. Small members come as bytes, and side by side. */
  write(
    member: UnpackedMember,
    contents: Uint8Array | AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void>;
  /** A folder that may have nothing in it. */
  makeFolder(name: string): Promise<void>;
}
