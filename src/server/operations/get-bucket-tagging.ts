import { renderTagging } from "../../protocol/documents/tagging.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

export const getBucketTagging: Operation = {
  name: "GetBucketTagging",
  handle: async (request) => {
    const { name, settings } = request.bucket();
    if (settings.tags === undefined) {
      throw new S3Error("NoSuchTagSet", { extra: { BucketName: name } });
    }
    return xmlResponse(renderTagging(settings.tags));
  },
};
