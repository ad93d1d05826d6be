import { element } from "../../protocol/xml/render.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** The owner pays; there is no other payer here. */
export const getBucketRequestPayment: Operation = {
  name: "GetBucketRequestPayment",
  handle: async (request) => {
    request.bucket();
    return xmlResponse(element("RequestPaymentConfiguration", element("Payer", "BucketOwner")));
  },
};
