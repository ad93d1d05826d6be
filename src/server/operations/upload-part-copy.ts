import type { ResolvedRange } from "../../core/byte-range.ts";
import type { ObjectRecord } from "../../engine/engine.ts";
import { renderCopyResult } from "../../protocol/documents/written-object.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import { assertCopySize, findCopySource } from "../objects/copy-source.ts";
import { encryptionHeaders } from "../objects/encryption.ts";
import { uploadKey } from "../objects/object-keys.ts";
import { partChecksum } from "../objects/part-checksum.ts";
import { requestedUpload } from "../objects/requested-upload.ts";
import { parsePartNumber } from "../objects/selected-bytes.ts";
import type { Operation, OperationRequest } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

export const uploadPartCopy: Operation = {
  name: "UploadPartCopy",
  conditionKeys: { "s3:objectcreationoperation": "false" },
  handle: async (request) => {
    const partNumber = parsePartNumber(request.query.get("partNumber") ?? "");
    const upload = requestedUpload(request);
    const target = await uploadKey(request, request.bucket(), upload.encryption);
    const source = await findCopySource(request);
    const range = readSourceRange(request, source.record);
    assertCopySize(range === undefined ? source.record.sizeBytes : range.last - range.first + 1);
    const { uploadId, bucket, key } = upload;
    const address = { bucket, key, uploadId, partNumber };
    const part = await request.engine.copyPart(address, source.record, range, {
      ...(source.dataKey !== undefined && { source: source.dataKey }),
      ...(target !== undefined && { target }),
    });
    const checksum = partChecksum(part, upload);
    const answer = xmlResponse(renderCopyResult("CopyPartResult", { ...part, checksum }));
    return {
      ...answer,
      headers: {
        ...answer.headers,
        ...encryptionHeaders(upload.encryption),
        ...(source.bucket.settings.versioning !== undefined && {
          "x-amz-copy-source-version-id": source.record.versionId,
        }),
      },
    };
  },
};

const header = "x-amz-copy-source-range";

/** Unlike a download's range, this one must be complete and lie within the source. */
function readSourceRange(
  request: OperationRequest,
  source: ObjectRecord,
): ResolvedRange | undefined {
  const text = request.header(header);
  if (text === undefined) return undefined;
  const match = /^bytes=(\d+)-(\d+)$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || last < first) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and " +
        "last are the zero-based offsets of the first and last bytes to copy",
      header,
      text,
    );
  }
  if (last < source.sizeBytes) return { first, last };
  if (first >= source.sizeBytes) {
    throw new S3Error("InvalidRequest", {
      message: "The specified copy range is invalid for the source object size",
    });
  }
  throw invalidArgument(
    `Range specified is not valid for source object of size: ${source.sizeBytes}`,
    header,
    text,
  );
}
