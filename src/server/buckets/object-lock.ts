import { plainSettings } from "../../protocol/bucket-documents.ts";
import { element } from "../../protocol/xml/render.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";
import { answerNotSet } from "./serve-setting.ts";

/** Whether locks were turned on when the bucket was made; default retention is not stored here. */
export const objectLock: Operation = {
  name: plainSettings.objectLock.get,
  handle: async (request) =>
    request.bucket().settings.objectLockEnabled === true
      ? xmlResponse(element("ObjectLockConfiguration", element("ObjectLockEnabled", "Enabled")))
      : answerNotSet(plainSettings.objectLock, request),
};
