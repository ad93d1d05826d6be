import { S3Error } from "../../protocol/s3-error.ts";
import { serveSetting } from "./serve-setting.ts";

/**
 * Where the requests to the bucket are written down. The target has to be of the same account and
 * region; whether its policy lets `logging.s3.amazonaws.com` in is seen with every file.
 * Source: S3 API reference, PutBucketLogging.
 */
export const logging = serveSetting("logging", {
  accept: (document, request) => {
    const { LoggingEnabled } = document;
    if (LoggingEnabled === undefined) return { document: undefined };
    const source = request.bucket();
    const target = request.engine.getBucket(LoggingEnabled.TargetBucket);
    if (target === undefined || target.ownerAccountId !== source.ownerAccountId) {
      throw new S3Error("InvalidTargetBucketForLogging", {
        message:
          "The owner for the bucket to be logged and the target bucket must be the same, and the target " +
          "bucket has to be there.",
        extra: { TargetBucket: LoggingEnabled.TargetBucket },
      });
    }
    if (target.region !== source.region) {
      throw new S3Error("CrossLocationLoggingProhibited", {
        extra: {
          SourceBucketLocation: source.region,
          TargetBucketLocation: target.region,
        },
      });
    }
    return { document };
  },
});
