/** A file or object of a tree that is compared with another one. */
export interface TreeItem {
  /** Below the root, with `/` between names on every system. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
  /** Of an object, as the listing has it. */
  readonly etag?: string;
  /** Of a file: when its bytes or names changed last, and its number on the disk. */
  readonly changedMs?: number;
  readonly inode?: number;
  /**
   * Why it can be no source, though it is there. It stands for all that may be below it as well: for a
   * folder of which nothing is known, with `/` at the end of its path, or for a link to nothing.
   */
  readonly unusable?: string;
  /** Whether it could not be read, so that it may have anything. */
  readonly isUnread?: boolean;
}

/** A tree as it is read: some items at a time, in the order of keys. */
export type Tree = AsyncIterable<readonly TreeItem[]>;

/** The same for as long as nobody writes to the file or object. Holds no tab and no line feed. */
export function identityOf({ sizeBytes, etag, modifiedMs, changedMs, inode }: TreeItem): string {
  if (etag !== undefined) return objectIdentity(sizeBytes, etag);
  return `${sizeBytes} ${modifiedMs} ${changedMs} ${inode}`;
}

export function objectIdentity(sizeBytes: number, etag: string): string {
  return `${sizeBytes} ${/[\t\n]/.test(etag) ? JSON.stringify(etag) : etag}`;
}
