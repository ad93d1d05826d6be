import { parsePublicAccessBlock } from "../../protocol/documents/public-access-block.ts";
import type { Operation } from "../operation.ts";

/** Replaces all four settings: what is left out is off. */
export const putPublicAccessBlock: Operation = {
  name: "PutPublicAccessBlock",
  handle: async (request) => {
    const publicAccessBlock = parsePublicAccessBlock(await request.readDocument());
    await request.engine.updateBucketSettings(request.bucketName, (settings) => ({
      ...settings,
      publicAccessBlock,
    }));
    return { status: 200 };
  },
};
