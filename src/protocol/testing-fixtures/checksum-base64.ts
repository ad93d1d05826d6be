import type { ChecksumAlgorithm } from "../../core/checksum.ts";
import { createChecksum } from "../checksums/checksum.ts";

/** The checksum of a whole value, as it goes over the wire. */
export function checksumBase64(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  const checksum = createChecksum(algorithm);
  checksum.update(bytes);
  return checksum.digest().toString("base64");
}
