import { tagging } from "../../protocol/documents/tagging.ts";
import { findVersion } from "../objects/find-version.ts";
import { versionHeader } from "../objects/version-header.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

export const getObjectTagging: Operation = {
  name: "GetObjectTagging",
  handle: async (request) => {
    const bucket = request.bucket();
    const record = findVersion(request, bucket, {
      method: "GET",
      ofMarker: "MethodNotAllowed",
      // Only here S3 puts the bucket before the key. Source: recordings of AWS of 2026-02.
      missingKey: `${bucket.name}/${request.key}`,
    });
    const answer = xmlResponse(tagging.render(record.tags ?? []));
    return { ...answer, headers: { ...answer.headers, ...versionHeader(bucket, record) } };
  },
};
