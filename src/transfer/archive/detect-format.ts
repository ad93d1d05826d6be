import { StorageError } from "../../core/errors.ts";
import type { ArchiveFormat } from "./archive-options.ts";

/** So many bytes tell. */
export const formatBytes = 512;

const begins: readonly (readonly [readonly number[], ArchiveFormat])[] = [
  [[0x1f, 0x8b], "tar.gz"],
  [[0x50, 0x4b, 3, 4], "zip"],
  [[0x50, 0x4b, 5, 6], "zip"],
];

const others: readonly (readonly [readonly number[], string])[] = [
  [[0x28, 0xb5, 0x2f, 0xfd], "zstd"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz"],
  [[0x42, 0x5a, 0x68], "bzip2"],
  [[0x37, 0x7a, 0xbc, 0xaf], "7z"],
  [[0x52, 0x61, 0x72, 0x21], "RAR"],
];

/** By what it begins with. What is nothing else is taken for a tar, whose reader tells. */
export function detectFormat(beginning: Uint8Array): ArchiveFormat {
  const fits = ([signs]: readonly [readonly number[], string]): boolean =>
    signs.every((sign, at) => beginning[at] === sign);
  const [, other] = others.find(fits) ?? [];
  if (other === undefined) return begins.find(fits)?.[1] ?? "tar";
  throw new StorageError("NotSupported", `The archive is packed with ${other}.`, {
    operation: "extractArchive",
    remedy: `Unpack it with a tool for ${other}, or make it as tar, tar.gz or ZIP.`,
  });
}
