import type { Operation } from "../operation.ts";

/** Whether a bucket is there and may be listed, and where it is. */
export const headBucket: Operation = {
  name: "HeadBucket",
  errorsTellRegion: true,
  handle: async (request) => {
    const { name, region } = request.bucket();
    return {
      status: 200,
      headers: {
        "content-type": "application/xml",
        "x-amz-bucket-region": region,
        "x-amz-access-point-alias": "false",
        "x-amz-bucket-arn": `arn:${request.server.partition}:s3:::${name}`,
      },
    };
  },
};
