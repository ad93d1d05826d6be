import { element } from "../../protocol/xml/render.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** Never accelerated, which is what an empty configuration says. */
export const getBucketAccelerateConfiguration: Operation = {
  name: "GetBucketAccelerateConfiguration",
  handle: async (request) => {
    request.bucket();
    return xmlResponse(element("AccelerateConfiguration"));
  },
};
