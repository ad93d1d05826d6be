import { renderOwnershipControls } from "../../protocol/documents/ownership-controls.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

export const getBucketOwnershipControls: Operation = {
  name: "GetBucketOwnershipControls",
  handle: async (request) => {
    const { name, settings } = request.bucket();
    if (settings.ownership === undefined) {
      throw new S3Error("OwnershipControlsNotFoundError", { extra: { BucketName: name } });
    }
    return xmlResponse(renderOwnershipControls(settings.ownership));
  },
};
