import type { FileStat } from "./result-types.ts";

/**
 * A file that is read here and there, as readers of Parquet, HDF5 or ZIP do. It fits hyparquet's
 * `AsyncBuffer`. All bytes are of the version that was opened; reads of one moment that lie close together
 * share requests, and up to 16 MiB of what was read lately are kept.
 */
export interface RandomAccessFile extends AsyncDisposable {
  readonly stat: FileStat;
  readonly byteLength: number;
  /**
   * Fewer bytes than asked for only at the end of the file. Throws PreconditionFailed once the file was
   * replaced.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** As `ArrayBuffer.slice`: up to the end by default, negative places count from there. */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  /** Ends what is under way; later reads throw Closed. */
  close(): Promise<void>;
}
