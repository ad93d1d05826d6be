import { parseTagging } from "../../protocol/documents/tagging.ts";
import { assertBucketTags } from "../buckets/bucket-tags.ts";
import { withoutSetting } from "../buckets/without-setting.ts";
import type { Operation } from "../operation.ts";

/** Replaces all tags; an empty set deletes them. */
export const putBucketTagging: Operation = {
  name: "PutBucketTagging",
  handle: async (request) => {
    const tags = assertBucketTags(parseTagging(await request.readDocument()));
    await request.engine.updateBucketSettings(request.bucketName, (settings) =>
      tags.length === 0 ? withoutSetting(settings, "tags") : { ...settings, tags },
    );
    return { status: 204 };
  },
};
