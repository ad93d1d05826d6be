import { parseOwnershipControls } from "../../protocol/documents/ownership-controls.ts";
import type { Operation } from "../operation.ts";

/** Stored and shown; ACLs, which the other two kinds would bring back, are not kept here. */
export const putBucketOwnershipControls: Operation = {
  name: "PutBucketOwnershipControls",
  handle: async (request) => {
    const ownership = parseOwnershipControls(await request.readDocument());
    await request.engine.updateBucketSettings(request.bucketName, (settings) => ({
      ...settings,
      ownership,
    }));
    return { status: 200 };
  },
};
