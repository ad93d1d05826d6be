import { takesEvent } from "./select-events.ts";
import { logFolder, type TrailRecord } from "./trail-record.ts";

/** Whether a trail records the files that another one, or itself, puts into its bucket. */
export function recordsFilesOf(trail: TrailRecord, writer: TrailRecord): boolean {
  const { partition, bucket, region } = writer;
  return takesEvent(trail.selectors, {
    category: "Data",
    readOnly: false,
    eventSource: "s3.amazonaws.com",
    eventName: "PutObject",
    errorCode: undefined,
    userArn: undefined,
    resourceType: "AWS::S3::Object",
    resourceArn: `arn:${partition}:s3:::${bucket}/${logFolder(writer)}${region}/file.json.gz`,
  });
}
