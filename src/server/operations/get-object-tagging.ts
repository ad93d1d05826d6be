import { findVersion } from "../objects/find-version.ts";
import { renderTagging } from "../objects/tags.ts";
import { versionHeader } from "../objects/version-header.ts";
import type { Operation } from "../operation.ts";

export const getObjectTagging: Operation = {
  name: "GetObjectTagging",
  handle: async (request) => {
    const bucket = request.bucket();
    const record = findVersion(request, bucket);
    return {
      status: 200,
      headers: { "content-type": "application/xml", ...versionHeader(bucket, record) },
      body: renderTagging(record.tags ?? []),
    };
  },
};
