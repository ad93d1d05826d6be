import { bySetup, defineRule, fail, pass } from "../audit-rule.ts";
import { missingBlocks } from "../missing-blocks.ts";

export const bucketPublicAccessBlock = defineRule({
  id: "BPA-1",
  title: "Public access is blocked, all four ways",
  severity: "high",
  practice: 7,
  sameAs: [
    "S3.8",
    "CIS 2.1.4",
    "CKV_AWS_53-56",
    "AVD-AWS-0086",
    "AVD-AWS-0087",
    "AVD-AWS-0091",
    "AVD-AWS-0093",
  ],
  needs: ["publicAccessBlock"],
  uses: ["accountPublicAccessBlock"],
  judge({ publicAccessBlock, accountPublicAccessBlock: account }, context) {
    const missing = missingBlocks(publicAccessBlock);
    if (missing.length === 0) return pass("all four are on");
    if (account.state === "known" && missingBlocks(account.value).length === 0) {
      return pass("all four are on for the account");
    }
    return fail(
      `off: ${missing.join(", ")}`,
      "A policy or an access control list that is public by mistake takes effect.",
      bySetup(context, "Switch all four on."),
    );
  },
});
