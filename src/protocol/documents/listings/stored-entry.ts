import type { WrittenContent } from "./write-listing.ts";

/** An object as a store keeps it; its bytes are lent until the call that gets it returns. */
export interface StoredEntry extends Pick<WrittenContent, "sizeBytes" | "storageClass"> {
  readonly bytes: Uint8Array;
  /** Where the key is among `bytes`, in UTF-8. */
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Where the ETag is among them, without quotes, in UTF-8. */
  readonly etagStart: number;
  readonly etagEnd: number;
  /** In milliseconds since 1970. */
  readonly lastModifiedMs: number;
  /** The same object for the same values. */
  readonly checksum: WrittenContent["checksum"];
}

/** Takes the objects of a page, one after the other. */
export interface ListedObjects {
  add(entry: StoredEntry): void;
  /** For one that is there as values. */
  addContent(content: WrittenContent): void;
}
