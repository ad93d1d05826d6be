import { element, optionalElement } from "../../protocol/xml/render.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** An empty document: never set. */
export const getBucketVersioning: Operation = {
  name: "GetBucketVersioning",
  handle: async (request) => {
    const { versioning } = request.bucket().settings;
    return xmlResponse(element("VersioningConfiguration", optionalElement("Status", versioning)));
  },
};
