import { S3Error } from "../../protocol/s3-error.ts";
import { assertNoBypass } from "../objects/no-object-lock.ts";
import { requestedVersion } from "../objects/find-version.ts";
import type { Operation } from "../operation.ts";

/** Conditions that only directory buckets know. */
const foreignConditions = ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"] as const;

export const deleteObject: Operation = {
  name: "DeleteObject",
  handle: async (request) => {
    const bucket = request.bucket();
    const versionId = requestedVersion(request, bucket);
    assertNoBypass(request);
    const ifMatch = request.header("if-match");
    for (const header of foreignConditions) {
      if (request.header(header) !== undefined) {
        throw new S3Error("NotImplemented", { extra: { Header: header } });
      }
    }
    const outcome = await request.engine.deleteObject({
      bucket: bucket.name,
      key: request.key,
      ...(versionId !== undefined && { versionId }),
      ...(ifMatch !== undefined && { ifMatch }),
    });
    return {
      status: 204,
      headers: {
        ...(outcome.deleteMarker && { "x-amz-delete-marker": "true" }),
        ...(outcome.versionId !== undefined && { "x-amz-version-id": outcome.versionId }),
      },
    };
  },
};
