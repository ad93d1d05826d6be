import { type ChecksumAlgorithm, checksumHeader } from "../../core/checksum.ts";
import type { PartRecord, StagedBlob } from "../../engine/engine.ts";
import { encryptionHeaders } from "../objects/encryption.ts";
import { uploadKey } from "../objects/object-keys.ts";
import { receiveObject } from "../objects/receive-object.ts";
import { requestedUpload } from "../objects/requested-upload.ts";
import { parsePartNumber } from "../objects/selected-bytes.ts";
import { askedChecksum, assertPartAlgorithm } from "../objects/upload-checksum.ts";
import type { Operation } from "../operation.ts";

export const uploadPart: Operation = {
  name: "UploadPart",
  conditionKeys: { "s3:objectcreationoperation": "false" },
  handle: async (request) => {
    const { bucketName: bucket, key } = request;
    const partNumber = parsePartNumber(request.query.get("partNumber") ?? "");
    const upload = requestedUpload(request);
    const dataKey = await uploadKey(request, request.bucket(), upload.encryption);
    const body = request.body();
    assertPartAlgorithm(upload, body.checksumAlgorithm);
    const algorithms = new Set<ChecksumAlgorithm>();
    if (upload.checksum !== undefined) algorithms.add(upload.checksum.algorithm);
    if (body.checksumAlgorithm !== undefined) algorithms.add(body.checksumAlgorithm);
    const address = { bucket, key, uploadId: upload.uploadId, partNumber };
    // The part's answer repeats the client's own algorithm, also where the upload keeps another.
    const told = body.checksumAlgorithm ?? askedChecksum(upload)?.algorithm;
    let value: string | undefined;
    const publish = (staged: StagedBlob): Promise<PartRecord> => {
      value = told === undefined ? undefined : staged.checksums[told];
      return request.engine.putPart(address, staged);
    };
    const part = await receiveObject(request, body, [...algorithms], publish, dataKey);
    return {
      status: 200,
      headers: {
        etag: `"${part.etag}"`,
        ...encryptionHeaders(upload.encryption),
        ...(told !== undefined && value !== undefined && { [checksumHeader(told)]: value }),
      },
    };
  },
};
