import type { Tag } from "../../core/bucket-settings.ts";
import { actionFor } from "../../protocol/operations.ts";
import { findVersion } from "../objects/find-version.ts";
import { readTaggingDocument } from "../objects/tags.ts";
import { versionHeader } from "../objects/version-header.ts";
import type { Operation, OperationRequest } from "../operation.ts";

/** A policy may ask for the tags themselves, which stand in the document. */
function authorizeTags(request: OperationRequest, requestTags: readonly Tag[]): void {
  const { key, query } = request;
  const versionId = query.get("versionId");
  request.authorize(actionFor("PutObjectTagging", { versioned: versionId !== undefined }), {
    key,
    requestTags,
    ...(versionId !== undefined && { versionId }),
  });
}

export const putObjectTagging: Operation = {
  name: "PutObjectTagging",
  judgedBy: "tags",
  handle: async (request) => {
    const bucket = request.bucket();
    const { key } = request;
    const tags = readTaggingDocument(await request.readDocument());
    authorizeTags(request, tags);
    const { versionId } = findVersion(request, bucket, {
      method: "PUT",
      ofMarker: "MethodNotAllowed",
    });
    const address = { bucket: bucket.name, key, versionId };
    const record = await request.engine.setObjectTags(address, tags);
    return { status: 200, headers: versionHeader(bucket, record) };
  },
};
