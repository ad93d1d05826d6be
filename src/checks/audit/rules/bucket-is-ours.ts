import { defineRule, fail, pass, unknown } from "../audit-rule.ts";

export const bucketIsOurs = defineRule({
  id: "OWN-2",
  title: "The bucket is the account's own",
  severity: "critical",
  sameAs: ["prowler s3_bucket_shadow_resource_vulnerability"],
  needs: ["presence", "caller"],
  uses: ["presenceForAnyOwner"],
  judge({ presence, caller: { accountId }, presenceForAnyOwner }, { bucket }) {
    if (presence.state === "present") return pass(`it belongs to ${accountId}`);
    if (presence.state === "absent") return unknown("the bucket does not exist");
    if (presence.state === "elsewhere") return unknown("the bucket is in another region");
    const isOthers =
      presenceForAnyOwner.state === "known" && presenceForAnyOwner.value?.state === "present";
    if (!isOthers) {
      return unknown(
        `whose it is does not show: it is refused (403), because it is not of account ${accountId} or because ` +
          "the caller may not see it (s3:ListBucket); write nothing until an administrator has told which",
      );
    }
    return fail(
      `it answers, and is refused where account ${accountId} is expected to own it`,
      "It is another account's: data written there may be read by strangers.",
      {
        text: "Write nothing until it is known whose it is, and correct the bucket's name.",
        commands: [
          `aws s3api head-bucket --bucket ${bucket}`,
          `aws s3api head-bucket --bucket ${bucket} --expected-bucket-owner ${accountId}`,
        ],
        by: "administrator",
      },
    );
  },
});
