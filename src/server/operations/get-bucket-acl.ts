import { element, type XmlNode } from "../../protocol/xml/render.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** Always the owner's full control: this server stores no other grants. */
export const getBucketAcl: Operation = {
  name: "GetBucketAcl",
  handle: async (request) => {
    const id = canonicalId(request.bucket().ownerAccountId);
    const grantee: XmlNode = {
      ...element("Grantee", element("ID", id)),
      attributes: {
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:type": "CanonicalUser",
      },
    };
    return xmlResponse(
      element(
        "AccessControlPolicy",
        element("Owner", element("ID", id)),
        element(
          "AccessControlList",
          element("Grant", grantee, element("Permission", "FULL_CONTROL")),
        ),
      ),
    );
  },
};
