import { isPublicPolicy } from "../../policy/is-public.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { element } from "../../protocol/xml/render.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** Whether the policy is public in S3's meaning, blocked or not. */
export const getBucketPolicyStatus: Operation = {
  name: "GetBucketPolicyStatus",
  handle: async (request) => {
    const { name, settings } = request.bucket();
    if (settings.policy === undefined) {
      throw new S3Error("NoSuchBucketPolicy", { extra: { BucketName: name } });
    }
    const policy = parsePolicy(settings.policy, { bucket: name, uniqueIds: "accept" });
    return xmlResponse(element("PolicyStatus", element("IsPublic", isPublicPolicy(policy))));
  },
};
