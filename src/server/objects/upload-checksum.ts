import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  type ChecksumType,
  isCombinable,
  parseChecksumAlgorithm,
} from "../../core/checksum.ts";
import type { UploadChecksum, UploadRecord } from "../../engine/engine.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { isChecksumValue, unsupportedAlgorithm } from "../../protocol/payload/declared-digests.ts";
import type { OperationRequest } from "../operation.ts";

/** What S3 does with an upload that asks for no algorithm. */
const byDefault: UploadChecksum = { algorithm: "CRC64NVME", type: "FULL_OBJECT", unasked: true };

export function readChecksumAlgorithm(request: OperationRequest): ChecksumAlgorithm | undefined {
  const text = request.header("x-amz-checksum-algorithm");
  if (text === undefined) return undefined;
  const algorithm = parseChecksumAlgorithm(text);
  if (algorithm !== undefined) return algorithm;
  throw unsupportedAlgorithm();
}

/** The choice that the client of an upload made, which answers tell. Undefined: none. */
export function askedChecksum({
  checksum,
}: Pick<UploadRecord, "checksum">): UploadChecksum | undefined {
  return checksum?.unasked === true ? undefined : checksum;
}

/** Reads CreateMultipartUpload's choice. */
export function readUploadChecksum(request: OperationRequest): UploadChecksum {
  const algorithm = readChecksumAlgorithm(request);
  const type = readChecksumType(request);
  if (algorithm === undefined) {
    if (type === undefined) return byDefault;
    throw new S3Error("InvalidRequest", {
      message:
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    });
  }
  const chosen = type ?? defaultType(algorithm);
  const fits = chosen === "FULL_OBJECT" ? isCombinable(algorithm) : algorithm !== "CRC64NVME";
  if (!fits) {
    throw new S3Error("InvalidRequest", {
      message:
        `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} ` +
        "checksum algorithm.",
    });
  }
  return { algorithm, type: chosen };
}

function defaultType(algorithm: ChecksumAlgorithm): ChecksumType {
  return algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
}

function readChecksumType(request: OperationRequest): ChecksumType | undefined {
  const text = request.header("x-amz-checksum-type")?.toUpperCase();
  if (text === undefined || text === "FULL_OBJECT" || text === "COMPOSITE") return text;
  throw new S3Error("InvalidRequest", {
    message: "Value for x-amz-checksum-type header is invalid.",
  });
}

/**
 * A part of a composite upload must come with the upload's own algorithm. Uploads with S3's default
 * take parts with any: the client chose none, so its SDK's habit is as good as another.
 */
export function assertPartAlgorithm(
  upload: UploadRecord,
  sent: ChecksumAlgorithm | undefined,
): void {
  const checksum = askedChecksum(upload);
  if (checksum === undefined || checksum.algorithm === sent) return;
  if (checksum.type === "FULL_OBJECT" && sent === undefined) return;
  throw new S3Error("InvalidRequest", {
    message:
      `Checksum Type mismatch occurred, expected checksum Type: ` +
      `${checksum.algorithm.toLowerCase()}, actual checksum Type: ${sent?.toLowerCase() ?? "null"}`,
  });
}

/**
 * The whole object's checksum that CompleteMultipartUpload announces, without the `-N` of parts. Throws
 * InvalidRequest for another type than the upload's, and BadDigest for another algorithm, or where the
 * type that an algorithm means by itself is another. Source: recordings of AWS of 2026-02.
 */
export function readExpectedChecksum(
  request: OperationRequest,
  upload: Pick<UploadRecord, "checksum">,
): string | undefined {
  const { checksum } = upload;
  if (checksum === undefined) return undefined;
  const asked = askedChecksum(upload);
  const type = readChecksumType(request);
  if (type !== undefined && type !== asked?.type) {
    throw new S3Error("InvalidRequest", {
      message:
        `The upload was created using the ${asked?.type ?? "null"} checksum mode. The complete ` +
        "request must use the same checksum mode.",
    });
  }
  const { algorithm } = checksum;
  const name = checksumHeader(algorithm);
  const value = request.header(name);
  // Without a choice at the upload's start S3 passes over other algorithms at its end.
  if (asked !== undefined) assertMeant(request, asked, type);
  if (value === undefined) return undefined;
  const digest = checksum.type === "COMPOSITE" ? value.replace(/-\d+$/, "") : value;
  if (isChecksumValue(algorithm, digest)) return value;
  throw new S3Error("InvalidRequest", { message: `Value for ${name} header is invalid.` });
}

function assertMeant(
  request: OperationRequest,
  { algorithm, type }: UploadChecksum,
  said: ChecksumType | undefined,
): void {
  const given = checksumAlgorithms.filter(
    (each) => request.header(checksumHeader(each)) !== undefined,
  );
  if (given.length === 0) return;
  const isOwn = given.every((each) => each === algorithm);
  if (isOwn && (said ?? defaultType(algorithm)) === type) return;
  throw new S3Error("BadDigest", {
    message: `The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  });
}
