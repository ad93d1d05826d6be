import {
  type ChecksumAlgorithm,
  type ChecksumType,
  isCombinable,
  type ObjectChecksum,
} from "../../core/checksum.ts";
import { combineChecksums, compositeChecksum } from "./checksum.ts";

/** What is known of one part of an upload. */
interface SummedPart {
  /** Base64; undefined: the part came without one. */
  readonly value: string | undefined;
  readonly lengthBytes: number;
}

/**
 * The checksum of an object that is put together, from those of its parts. Undefined when a part came
 * without one, and for FULL_OBJECT of hashes: those cannot be combined, and S3 refuses them at
 * CreateMultipartUpload.
 */
export function checksumOfParts(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly SummedPart[],
): ObjectChecksum | undefined {
  const digests: { readonly digest: Buffer; readonly lengthBytes: number }[] = [];
  for (const { value, lengthBytes } of parts) {
    if (value === undefined) return undefined;
    digests.push({ digest: Buffer.from(value, "base64"), lengthBytes });
  }
  if (type === "COMPOSITE") {
    const value = compositeChecksum(
      algorithm,
      digests.map(({ digest }) => digest),
    );
    return { algorithm, type, value };
  }
  if (!isCombinable(algorithm)) return undefined;
  const value = combineChecksums(algorithm, digests).toString("base64");
  return { algorithm, type, value };
}
