import { defineRule, fail, pass } from "../audit-rule.ts";
import { findRecorder } from "../recording.ts";

export const accessLogging = defineRule({
  id: "LOG-4",
  title: "Access is logged",
  severity: "low",
  practice: 5,
  sameAs: ["S3.9", "CKV_AWS_18", "AVD-AWS-0089", "cdk-nag S1"],
  needs: ["logging"],
  uses: ["trails"],
  judge({ logging, trails }, context) {
    if (logging !== undefined) return pass(`into ${logging.targetBucket}/${logging.targetPrefix}`);
    if (trails.state === "known" && findRecorder(trails.value, "write", context) !== undefined) {
      return pass("no access log, but a trail records the writes (LOG-2)");
    }
    return fail(
      "no access log, and no trail that records writes was seen",
      "Nobody can tell who read or deleted what.",
      {
        text: "Log into another bucket of the same region, which has SSE-S3 and lets S3's logging write.",
        commands: [
          `aws s3api put-bucket-logging --bucket ${context.bucket} --bucket-logging-status ` +
            `'{"LoggingEnabled":{"TargetBucket":"LOG-BUCKET","TargetPrefix":"${context.bucket}/"}}'`,
        ],
        by: "administrator",
      },
    );
  },
});
