import type { BucketLoggingStatus } from "../../core/bucket-settings.ts";
import { text, word } from "./scalars.ts";
import { same, xmlDocument } from "./setting-document.ts";
import { required, structure } from "./shape.ts";

type LoggingEnabled = NonNullable<BucketLoggingStatus["LoggingEnabled"]>;

/** `BucketLoggingStatus`; without `LoggingEnabled` nothing is logged. Grants are for buckets with ACLs. */
export const bucketLogging = xmlDocument<BucketLoggingStatus, BucketLoggingStatus>({
  root: "BucketLoggingStatus",
  shape: structure<BucketLoggingStatus>({
    LoggingEnabled: structure<LoggingEnabled>({
      TargetBucket: required(word),
      TargetPrefix: required(text),
    }),
  }),
  fromWire: same,
  toWire: same,
});
