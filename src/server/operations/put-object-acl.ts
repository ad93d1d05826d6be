import { S3Error } from "../../protocol/s3-error.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import { grantsOwnerOnly } from "../objects/acl-document.ts";
import { assertAclAllowed } from "../objects/acl-headers.ts";
import { findVersion } from "../objects/find-version.ts";
import { versionHeader } from "../objects/version-header.ts";
import type { Operation } from "../operation.ts";

/** Takes the ACLs that change nothing, and refuses grants as BucketOwnerEnforced does. */
export const putObjectAcl: Operation = {
  name: "PutObjectAcl",
  handle: async (request) => {
    const bucket = request.bucket();
    assertAclAllowed(request, bucket);
    const record = findVersion(request, bucket, {
      method: "PUT",
      ofMarker: "MethodNotAllowed",
    });
    const document = await request.readDocument({ emptyAllowed: true });
    if (document.length > 0) {
      const ownerId = canonicalId(bucket.ownerAccountId);
      if (!grantsOwnerOnly(document, ownerId)) throw new S3Error("AccessControlListNotSupported");
    } else if (request.header("x-amz-acl") === undefined) {
      throw new S3Error("MissingSecurityHeader", {
        extra: { MissingHeaderName: "x-amz-acl" },
      });
    }
    return { status: 200, headers: versionHeader(bucket, record) };
  },
};
