import { element } from "../../protocol/xml/render.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** The region; empty for us-east-1, whose buckets have no location constraint. */
export const getBucketLocation: Operation = {
  name: "GetBucketLocation",
  handle: async (request) => {
    const { region } = request.bucket();
    return xmlResponse(element("LocationConstraint", region === "us-east-1" ? undefined : region));
  },
};
