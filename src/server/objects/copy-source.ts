import type { BucketRecord, ObjectRecord } from "../../engine/engine.ts";
import { s3Limits } from "../../core/limits.ts";
import {
  copySourceHeader as header,
  parseCopySource,
  type CopySourceAddress,
} from "../../protocol/headers/copy-source.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { assertExpectedOwner } from "../expected-owner.ts";
import type { OperationRequest } from "../operation.ts";
import { assertReadableClass } from "./archived.ts";
import { sourceHeaders } from "./customer-key.ts";
import { assertVersionId, markerHeaders } from "./find-version.ts";
import { objectKey } from "./object-keys.ts";
import { judgeReadConditions } from "./read-conditions.ts";

export interface CopySource {
  readonly bucket: BucketRecord;
  readonly record: ObjectRecord;
  readonly address: CopySourceAddress;
  /** What its bytes are read with; undefined: the store's own key. */
  readonly dataKey: Buffer | undefined;
}

/** Finds the object to copy from, with every check that S3 makes of it. */
export async function findCopySource(request: OperationRequest): Promise<CopySource> {
  const address = parseCopySource(request.header(header) ?? "");
  const bucket = request.engine.getBucket(address.bucket);
  if (bucket === undefined) {
    throw new S3Error("NoSuchBucket", { extra: { BucketName: address.bucket } });
  }
  assertExpectedOwner(request.header("x-amz-source-expected-bucket-owner"), bucket);
  const action = address.versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  const { key, versionId } = address;
  request.authorize(action, { bucket, key, ...(versionId !== undefined && { versionId }) });
  if (versionId !== undefined) assertVersionId(request, bucket, { key, versionId });
  const record = request.engine.getObject(bucket.name, address.key, address.versionId);
  assertReadable(request, bucket, record, address);
  assertReadableClass(
    record,
    request.now,
    "Operation is not valid for the source object's storage class",
  );
  const dataKey = await objectKey(request, bucket, record, sourceHeaders);
  assertConditions(request, record);
  return { bucket, record, address, dataKey };
}

/** Over 5 GiB only a multipart upload copies. */
export function assertCopySize(sizeBytes: number): void {
  if (sizeBytes <= s3Limits.singleCopyBytes) return;
  throw new S3Error("InvalidRequest", {
    message:
      "The specified copy source is larger than the maximum allowable size for a copy source: " +
      String(s3Limits.singleCopyBytes),
  });
}

function assertReadable(
  request: OperationRequest,
  bucket: BucketRecord,
  record: ObjectRecord | undefined,
  { key, versionId }: CopySourceAddress,
): asserts record is ObjectRecord {
  if (record === undefined || (record.deleteMarker && versionId === undefined)) {
    const listAction = versionId === undefined ? "s3:ListBucket" : "s3:ListBucketVersions";
    const denial = request.denialOf(listAction, { bucket });
    if (denial !== undefined) throw new S3Error("AccessDenied", { cause: denial });
    if (versionId === undefined) {
      const headers = record === undefined ? {} : markerHeaders(record);
      throw new S3Error("NoSuchKey", { extra: { Key: key }, headers });
    }
    throw new S3Error("NoSuchVersion", { extra: { Key: key, VersionId: versionId } });
  }
  if (record.deleteMarker) {
    throw new S3Error("InvalidRequest", {
      message:
        "The source of a copy request may not specifically refer to a delete marker by version id.",
    });
  }
}

/** A copy has no 304: every condition that does not hold is 412. */
function assertConditions(request: OperationRequest, record: ObjectRecord): void {
  const conditions = {
    ifMatch: request.header(`${header}-if-match`),
    ifNoneMatch: request.header(`${header}-if-none-match`),
    ifModifiedSince: request.header(`${header}-if-modified-since`),
    ifUnmodifiedSince: request.header(`${header}-if-unmodified-since`),
  };
  const verdict = judgeReadConditions(conditions, record, request.now);
  if (verdict === "met") return;
  const failed =
    verdict === "not-modified"
      ? conditions.ifNoneMatch === undefined
        ? "If-Modified-Since"
        : "If-None-Match"
      : verdict.failed;
  throw new S3Error("PreconditionFailed", { extra: { Condition: `${header}-${failed}` } });
}
