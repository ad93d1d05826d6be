/** JSON values by kind and id; a kind is a word of ASCII letters, and an id a text of up to 1 KiB. */
export interface RecordReader {
  /** Undefined: there is none. */
  get(kind: string, id: string): unknown;
  /** Of a kind, in the order of their ids. */
  list(kind: string, prefix?: string): Iterable<RecordEntry>;
}

export interface RecordEntry {
  readonly id: string;
  readonly value: unknown;
}

/** Reads see the changes that were made before them in the same update. */
export interface RecordChanges extends RecordReader {
  put(kind: string, id: string, value: unknown): void;
  remove(kind: string, id: string): void;
}

export interface Records extends RecordReader {
  /** Grows whenever a record of the kind was changed, for those who keep what they made of them. */
  changesOf(kind: string): number;
  /**
   * One atomic read-modify-write over any records. `change` must check before it writes; it may run
   * more than once, and only its last run counts. Resolves when the change is on disk.
   */
  update<T>(change: (records: RecordChanges) => T): Promise<T>;
}

export interface Secrets {
  seal(bytes: Uint8Array): Buffer;
  /** Throws S3Error InternalError when they are not what was sealed by this store. */
  open(sealed: Uint8Array): Buffer;
  /** A key of 32 bytes, always the same one, for this purpose alone: nothing else is under it. */
  keyFor(purpose: string): Buffer;
}
