import { createHash } from "node:crypto";
import zlib from "node:zlib";
import { type DigestFactory, isCombinable, type RunningDigest } from "../core/checksum.ts";

/** The algorithms that Node computes natively; others go unchecked unless a better factory is given. */
export const nativeDigest: DigestFactory = (algorithm) => {
  if (algorithm === "CRC32") return crc32();
  return isCombinable(algorithm) ? undefined : createHash(algorithm.toLowerCase());
};

function crc32(): RunningDigest {
  let value = 0;
  return {
    update(bytes) {
      value = zlib.crc32(bytes, value);
    },
    digest() {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(value);
      return digest;
    },
  };
}
