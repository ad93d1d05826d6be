import type { ListedObject } from "./object-store.ts";

/** Objects of a page as they came, of which nothing is made but what is asked for. */
export interface ListedRows {
  readonly length: number;
  /** Each key comes behind the one before it. */
  readonly isAscending: boolean;
  /** This and those that follow: of a row below `length`, as in `ListedObject`. */
  key(row: number): string;
  /** Writes a key that has printable ASCII alone. Answers where it ends; -1 for any other, or without room. */
  writeKey(row: number, target: Uint8Array, at: number): number;
  /** Bytes of the object. */
  sizeBytes(row: number): number;
  /** Milliseconds since 1970; NaN where the store tells no time. */
  lastModifiedMs(row: number): number;
  /** Undefined where the store names none. */
  storageClass(row: number): string | undefined;
  /** One of them, made. */
  object(row: number): ListedObject;
  /** All of them, made. */
  objects(): readonly ListedObject[];
  /** Some of them, `end` excluded; they take the place of all. */
  slice(start: number, end: number): ListedRows;
  /** They are done with: their memory may be used again. Those that are not released are collected. */
  release(): void;
}
