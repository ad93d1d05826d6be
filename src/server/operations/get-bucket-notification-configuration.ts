import { element } from "../../protocol/xml/render.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** Nobody is notified, which is what an empty configuration says. */
export const getBucketNotificationConfiguration: Operation = {
  name: "GetBucketNotificationConfiguration",
  handle: async (request) => {
    request.bucket();
    return xmlResponse(element("NotificationConfiguration"));
  },
};
