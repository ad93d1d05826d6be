import { renderPublicAccessBlock } from "../../protocol/documents/public-access-block.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** All four are on in a new bucket; once deleted, there is none to be found. */
export const getPublicAccessBlock: Operation = {
  name: "GetPublicAccessBlock",
  handle: async (request) => {
    const { name, settings } = request.bucket();
    if (settings.publicAccessBlock === undefined) {
      throw new S3Error("NoSuchPublicAccessBlockConfiguration", { extra: { BucketName: name } });
    }
    return xmlResponse(renderPublicAccessBlock(settings.publicAccessBlock));
  },
};
