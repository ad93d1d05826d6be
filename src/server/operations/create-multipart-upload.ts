import { renderInitiateResult } from "../../protocol/documents/upload-parts.ts";
import { abortHeaders } from "../objects/abort-date.ts";
import { newEncryptionHeaders } from "../objects/encryption.ts";
import { writingKey } from "../objects/object-keys.ts";
import { readObjectAttributes } from "../objects/read-attributes.ts";
import { askedChecksum, readUploadChecksum } from "../objects/upload-checksum.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

export const createMultipartUpload: Operation = {
  name: "CreateMultipartUpload",
  conditionKeys: { "s3:objectcreationoperation": "false" },
  tagsByHeader: true,
  handle: async (request) => {
    const bucket = request.bucket();
    const { key, caller } = request;
    const attributes = readObjectAttributes(request, bucket);
    if (attributes.tags !== undefined) request.authorize("s3:PutObjectTagging", { key });
    const checksum = readUploadChecksum(request);
    const { encryption } = await writingKey(request, bucket, attributes.encryption);
    const upload = await request.engine.createUpload({
      ...attributes,
      encryption,
      bucket: bucket.name,
      key,
      initiatorArn: caller.kind === "anonymous" ? "anonymous" : caller.arn,
      checksum,
    });
    const { uploadId } = upload;
    const asked = askedChecksum(upload);
    const answer = xmlResponse(renderInitiateResult({ bucket: bucket.name, key, uploadId }));
    return {
      ...answer,
      headers: {
        ...answer.headers,
        ...newEncryptionHeaders(upload.encryption),
        ...abortHeaders(bucket, upload),
        ...(asked !== undefined && {
          "x-amz-checksum-algorithm": asked.algorithm,
          "x-amz-checksum-type": asked.type,
        }),
      },
    };
  },
};
