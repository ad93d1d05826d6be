import { renderVersioningConfiguration } from "../../protocol/documents/versioning-configuration.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** An empty document: never set. */
export const getBucketVersioning: Operation = {
  name: "GetBucketVersioning",
  handle: async (request) =>
    xmlResponse(renderVersioningConfiguration(request.bucket().settings.versioning)),
};
