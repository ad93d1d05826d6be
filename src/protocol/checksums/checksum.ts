import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ChecksumAlgorithm, CombinableAlgorithm } from "../../core/checksum.ts";
import { crc32c } from "./crc32c.ts";
import { Crc64Nvme } from "./crc64-nvme.ts";
import { FoldedCrc, type FoldableCrc } from "./folded-crc.ts";

export { combineChecksums } from "./combine.ts";

/** A checksum over bytes that come in pieces. `digest` is called once, at the end. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** Big-endian for CRCs, as S3 writes them. */
  digest(): Buffer;
}

export function createChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "CRC32":
    case "CRC32C":
    case "CRC64NVME":
      return new FoldedCrc(foldableCrcs[algorithm]);
    case "SHA1":
    case "SHA256":
    case "SHA512":
    case "MD5":
      return new Digest(algorithm.toLowerCase());
  }
}

/** S3's `COMPOSITE` value: the checksum of the parts' digests in a row, then `-` and their number. */
export function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  partDigests: readonly Uint8Array[],
): string {
  const checksum = createChecksum(algorithm);
  for (const digest of partDigests) checksum.update(digest);
  return `${checksum.digest().toString("base64")}-${partDigests.length}`;
}

/** Bytes of a digest, by which a value on the wire is judged. */
export const digestBytes: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
};

/**
 * S3's CRCs, by tables and how to fold them.
 *
 * @internal Exported for tests.
 */
export const foldableCrcs: Readonly<Record<CombinableAlgorithm, FoldableCrc>> = {
  CRC32: {
    distances: [1927, 2181, 4018],
    foldFromBytes: 64 * 1024,
    resume: (digest) => new Crc32(crc32, digest),
  },
  CRC32C: {
    distances: [767, 2524, 5275],
    foldFromBytes: 32 * 1024,
    resume: (digest) => new Crc32(crc32c, digest),
  },
  CRC64NVME: {
    distances: [708, 1255, 1567, 1705, 1764, 1953, 2199, 2621],
    foldFromBytes: 16 * 1024,
    resume: (digest) => new Crc64Nvme(digest),
  },
};

class Crc32 implements RunningChecksum {
  readonly #step: (bytes: Uint8Array, state: number) => number;
  #state: number;

  constructor(step: (bytes: Uint8Array, state: number) => number, digest: Uint8Array | undefined) {
    this.#step = step;
    this.#state = digest === undefined ? 0 : Buffer.from(digest).readUInt32BE();
  }

  update(bytes: Uint8Array): void {
    this.#state = this.#step(bytes, this.#state);
  }

  digest(): Buffer {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(this.#state, 0);
    return bytes;
  }
}

class Digest implements RunningChecksum {
  readonly #hash;

  constructor(name: string) {
    this.#hash = createHash(name);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): Buffer {
    return this.#hash.digest();
  }
}
