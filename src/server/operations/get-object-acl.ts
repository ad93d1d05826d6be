import { element } from "../../protocol/xml/render.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import { findVersion } from "../objects/find-version.ts";
import { versionHeader } from "../objects/version-header.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** The one ACL there is: the bucket's owner has FULL_CONTROL. */
export const getObjectAcl: Operation = {
  name: "GetObjectAcl",
  handle: async (request) => {
    const bucket = request.bucket();
    const record = findVersion(request, bucket);
    const id = element("ID", canonicalId(bucket.ownerAccountId));
    const grantee = {
      ...element("Grantee", id),
      attributes: {
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:type": "CanonicalUser",
      },
    };
    const grant = element("Grant", grantee, element("Permission", "FULL_CONTROL"));
    const answer = xmlResponse(
      element("AccessControlPolicy", element("Owner", id), element("AccessControlList", grant)),
    );
    return { ...answer, headers: { ...answer.headers, ...versionHeader(bucket, record) } };
  },
};
