import { element } from "../../protocol/xml/render.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** Access logs are not written here, which is what an empty status says. */
export const getBucketLogging: Operation = {
  name: "GetBucketLogging",
  handle: async (request) => {
    request.bucket();
    return xmlResponse(element("BucketLoggingStatus"));
  },
};
