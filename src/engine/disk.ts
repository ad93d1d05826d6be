/** The file operations of the store; a test puts a full or failing disk here. */
export interface Disk {
  /** Opens for writing; fails when the file exists. */
  create(path: string): Promise<DiskFile>;
  open(path: string): Promise<DiskReader>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Does nothing when it exists. */
  makeDirectory(path: string): Promise<void>;
  /** Size of a file in bytes. */
  sizeOf(path: string): Promise<number>;
  /** Names in a directory. */
  list(path: string): Promise<string[]>;
  syncDirectory(path: string): Promise<void>;
  freeBytes(path: string): Promise<number>;
}

export interface DiskReader {
  /** Fills `target` from `position` on as far as it gets; 0 at the end. */
  read(target: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

export interface DiskFile {
  /** Writes all of them, one behind the other. */
  write(pieces: readonly Uint8Array[]): Promise<void>;
  /** Flushes the bytes to the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
