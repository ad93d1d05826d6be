import type { DigestFactory } from "../core/checksum.ts";
import { createChecksum } from "../protocol/checksums/checksum.ts";

/** Computes every algorithm of S3; for `createFileService`, which may not import the protocol. */
export const createDigest: DigestFactory = (algorithm) => createChecksum(algorithm);
