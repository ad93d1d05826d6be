import { defineRule, fail, pass, unknown } from "../audit-rule.ts";

export const bucketIsOurs = defineRule({
  id: "OWN-2",
  title: "The bucket is the account's own",
  severity: "critical",
  sameAs: ["prowler s3_bucket_shadow_resource_vulnerability"],
  needs: ["presence", "caller"],
  judge({ presence, caller }, { bucket }) {
    if (presence.state === "present") return pass(`it belongs to ${caller.accountId}`);
    if (presence.state === "absent") return unknown("the bucket does not exist");
    if (presence.state === "elsewhere") return unknown("the bucket is in another region");
    return fail(
      `S3 refuses it to account ${caller.accountId}`,
      "It is another's, or the caller may not see it: data written there may be read by strangers.",
      {
        text: "Write nothing until it is known whose it is.",
        commands: [
          `aws s3api head-bucket --bucket ${bucket} --expected-bucket-owner ${caller.accountId}`,
        ],
        by: "administrator",
      },
    );
  },
});
