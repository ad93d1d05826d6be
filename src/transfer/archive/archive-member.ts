import type { PackedBytes } from "./pack-bytes.ts";

/** A file or folder of an archive that is being written. */
export interface ArchiveMember {
  /** Safe to unpack anywhere; ends in `/` when it is a folder. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Seconds since 1970, whole. */
  readonly modifiedSeconds: number;
  readonly contents: MemberContents;
}

/** Of small members all bytes at once, as they are or packed for a ZIP archive. */
export type MemberContents =
  | { readonly whole: Uint8Array }
  | { readonly packed: PackedBytes }
  | { readonly chunks: AsyncIterable<Uint8Array> };

export function isFolderName(name: string): boolean {
  return name.endsWith("/");
}
