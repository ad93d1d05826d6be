import { type ChecksumAlgorithm, checksumHeader } from "../../core/checksum.ts";
import { encryptionHeaders, refuseCustomerKey } from "../objects/encryption.ts";
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
    refuseCustomerKey(request);
    const body = request.body();
    assertPartAlgorithm(upload, body.checksumAlgorithm);
    const algorithms = new Set<ChecksumAlgorithm>();
    if (upload.checksum !== undefined) algorithms.add(upload.checksum.algorithm);
    if (body.checksumAlgorithm !== undefined) algorithms.add(body.checksumAlgorithm);
    const address = { bucket, key, uploadId: upload.uploadId, partNumber };
    // The part's answer repeats the client's own algorithm, also where the upload keeps another.
    const told = body.checksumAlgorithm ?? askedChecksum(upload)?.algorithm;
    let value: string | undefined;
    const part = await receiveObject(request, body, [...algorithms], (staged) => {
      value = told === undefined ? undefined : staged.checksums[told];
      return request.engine.putPart(address, staged);
    });
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
