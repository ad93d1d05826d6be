/**
 * Names of S3's checksum algorithms as they stand in `x-amz-checksum-algorithm`.
 * Source: S3 API reference, "Checking object integrity".
 */
export const checksumAlgorithms = [
  "CRC32",
  "CRC32C",
  "CRC64NVME",
  "SHA1",
  "SHA256",
  "SHA512",
  "MD5",
] as const;

/** One of S3's names of algorithms. */
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** CRCs, whose value over all parts in a row follows from the parts' own. */
export type CombinableAlgorithm = Extract<ChecksumAlgorithm, "CRC32" | "CRC32C" | "CRC64NVME">;

/** False for hashes: of a whole made of parts S3 can only give the `COMPOSITE` kind. */
export function isCombinable(algorithm: ChecksumAlgorithm): algorithm is CombinableAlgorithm {
  return algorithm.startsWith("CRC");
}

/**
 * `FULL_OBJECT`: over all bytes. `COMPOSITE`: over the digests of the parts, written `base64-N`.
 */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** A checksum of an object as S3 keeps it. */
export interface ObjectChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64 as on the wire; a composite one ends in `-N`. */
  readonly value: string;
}

/** `CRC32` -> `x-amz-checksum-crc32`. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export function parseChecksumAlgorithm(text: string): ChecksumAlgorithm | undefined {
  const asItIs = checksumAlgorithms.find((name) => name === text);
  if (asItIs !== undefined) return asItIs;
  const upper = text.toUpperCase();
  return checksumAlgorithms.find((name) => name === upper);
}

/** A checksum over bytes that come piece by piece. */
export interface RunningDigest {
  /** Takes further bytes. */
  update(bytes: Uint8Array): void;
  /** Of all bytes that were taken. */
  digest(): Uint8Array;
}

/** The digest of some bytes, and how many they are. */
export interface PartDigest {
  readonly digest: Uint8Array;
  readonly lengthBytes: number;
}

/** Makes digests, where the platform has them. */
export interface DigestFactory {
  /** Undefined: an algorithm that it cannot compute. */
  (algorithm: ChecksumAlgorithm): RunningDigest | undefined;
  /**
   * The digest of all parts in a row, out of their own. Undefined, or absent: only the bytes
   * themselves tell it.
   */
  readonly combine?: (
    algorithm: ChecksumAlgorithm,
    parts: readonly PartDigest[],
  ) => Uint8Array | undefined;
}
