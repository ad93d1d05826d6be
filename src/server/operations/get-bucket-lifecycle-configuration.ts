import { renderLifecycleConfiguration } from "../../protocol/documents/lifecycle-configuration.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { transitionSizeHeader } from "../buckets/transition-size.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

export const getBucketLifecycleConfiguration: Operation = {
  name: "GetBucketLifecycleConfiguration",
  handle: async (request) => {
    const { name, settings } = request.bucket();
    const { lifecycle } = settings;
    if (lifecycle === undefined) {
      throw new S3Error("NoSuchLifecycleConfiguration", { extra: { BucketName: name } });
    }
    const response = xmlResponse(renderLifecycleConfiguration(lifecycle));
    return {
      ...response,
      headers: { ...response.headers, ...transitionSizeHeader(lifecycle) },
    };
  },
};
