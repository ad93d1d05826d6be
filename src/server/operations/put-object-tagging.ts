import { findVersion } from "../objects/find-version.ts";
import { readTaggingDocument } from "../objects/tags.ts";
import { versionHeader } from "../objects/version-header.ts";
import type { Operation } from "../operation.ts";

export const putObjectTagging: Operation = {
  name: "PutObjectTagging",
  handle: async (request) => {
    const bucket = request.bucket();
    const tags = readTaggingDocument(await request.readDocument());
    const { versionId } = findVersion(request, bucket);
    const address = { bucket: bucket.name, key: request.key, versionId };
    const record = await request.engine.setObjectTags(address, tags);
    return { status: 200, headers: versionHeader(bucket, record) };
  },
};
