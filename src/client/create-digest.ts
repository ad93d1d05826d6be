import {
  type ChecksumAlgorithm,
  type DigestFactory,
  isCombinable,
  type PartDigest,
} from "../core/checksum.ts";
import { combineChecksums, createChecksum } from "../protocol/checksums/checksum.ts";

function combine(
  algorithm: ChecksumAlgorithm,
  parts: readonly PartDigest[],
): Uint8Array | undefined {
  if (!isCombinable(algorithm)) return undefined;
  return combineChecksums(algorithm, parts);
}

/** Computes every algorithm of S3; for `createFileService`, which may not import the protocol. */
export const createDigest: DigestFactory = Object.assign(
  (algorithm: ChecksumAlgorithm) => createChecksum(algorithm),
  { combine },
);
