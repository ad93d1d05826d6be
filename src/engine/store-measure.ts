/** What a look at the disk tells. */
export interface StoreMeasure {
  readonly freeBytes: number;
  readonly indexBytes: number;
  /** The lock of the data folder is still this store's. Without a folder of its own always so. */
  readonly isLocked: boolean;
}
