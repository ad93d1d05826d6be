import type { ChecksumAlgorithm, ObjectChecksum } from "../../core/checksum.ts";
import type { ObjectRecord, StagedBlob } from "../../engine/engine.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { checksumHeaders } from "../../protocol/headers/checksum-headers.ts";
import { writingKey } from "../objects/object-keys.ts";
import { opaqueEtag } from "../objects/opaque-etag.ts";
import { readObjectAttributes } from "../objects/read-attributes.ts";
import { receiveObject } from "../objects/receive-object.ts";
import { readWriteCondition } from "../objects/write-condition.ts";
import { writtenHeaders } from "../objects/written-headers.ts";
import type { Operation, OperationRequest } from "../operation.ts";

export const putObject: Operation = {
  name: "PutObject",
  conditionKeys: { "s3:objectcreationoperation": "true" },
  tagsByHeader: true,
  md5InErrors: "hex",
  handle: async (request) => {
    const record = await storeObject(request);
    return { status: 200, headers: putHeaders(request, record) };
  },
};

/** Takes the request's body into the store, with all that its headers say of the object. */
export async function storeObject(request: OperationRequest): Promise<ObjectRecord> {
  const bucket = request.bucket();
  const { key } = request;
  const attributes = readObjectAttributes(request, bucket);
  if (attributes.tags !== undefined) request.authorize("s3:PutObjectTagging", { key });
  const condition = readWriteCondition(request);
  if (request.header("x-amz-write-offset-bytes") !== undefined) {
    throw new S3Error("NotImplemented", { extra: { Header: "x-amz-write-offset-bytes" } });
  }
  const { encryption, dataKey } = await writingKey(request, bucket, attributes.encryption);
  const body = request.body();
  // S3 keeps a CRC64NVME of every object whose client sends no checksum.
  const algorithm = body.checksumAlgorithm ?? "CRC64NVME";
  const etag = opaqueEtag(request, attributes.encryption);
  const publish = (staged: StagedBlob): Promise<ObjectRecord> => {
    const checksum = wholeChecksum(staged, algorithm);
    const { headers, metadata, tags, storageClass } = attributes;
    return request.engine.putObject({
      headers,
      metadata,
      tags,
      storageClass,
      encryption,
      bucket: bucket.name,
      key,
      staged,
      checksum,
      etag,
      condition,
    });
  };
  return receiveObject(request, body, [algorithm], publish, dataKey);
}

function putHeaders(request: OperationRequest, record: ObjectRecord): Record<string, string> {
  const headers = { etag: `"${record.etag}"` };
  return Object.assign(
    headers,
    writtenHeaders(request.bucket(), record),
    checksumHeaders(record.checksum),
  );
}

function wholeChecksum(
  staged: StagedBlob,
  algorithm: ChecksumAlgorithm,
): ObjectChecksum | undefined {
  const value = staged.checksums[algorithm];
  return value === undefined ? undefined : { algorithm, type: "FULL_OBJECT", value };
}
