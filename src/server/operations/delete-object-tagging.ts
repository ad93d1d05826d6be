import { findVersion } from "../objects/find-version.ts";
import { versionHeader } from "../objects/version-header.ts";
import type { Operation } from "../operation.ts";

export const deleteObjectTagging: Operation = {
  name: "DeleteObjectTagging",
  handle: async (request) => {
    const bucket = request.bucket();
    const { versionId } = findVersion(request, bucket, {
      method: "DELETE",
      ofMarker: "MethodNotAllowed",
    });
    const address = { bucket: bucket.name, key: request.key, versionId };
    const record = await request.engine.setObjectTags(address, []);
    return { status: 204, headers: versionHeader(bucket, record) };
  },
};
