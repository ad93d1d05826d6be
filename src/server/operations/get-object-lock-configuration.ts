import { S3Error } from "../../protocol/s3-error.ts";
import { element } from "../../protocol/xml/render.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** Whether locks were turned on when the bucket was made; default retention is not stored here. */
export const getObjectLockConfiguration: Operation = {
  name: "GetObjectLockConfiguration",
  handle: async (request) => {
    const { name, settings } = request.bucket();
    if (settings.objectLockEnabled !== true) {
      throw new S3Error("ObjectLockConfigurationNotFoundError", { extra: { BucketName: name } });
    }
    return xmlResponse(element("ObjectLockConfiguration", element("ObjectLockEnabled", "Enabled")));
  },
};
