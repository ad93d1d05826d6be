import { defineRule, fail, pass } from "../audit-rule.ts";
import { allBlocks, missingBlocks } from "../missing-blocks.ts";

export const accountPublicAccessBlock = defineRule({
  id: "BPA-2",
  title: "Public access is blocked for the account",
  severity: "high",
  practice: 7,
  sameAs: ["S3.1"],
  needs: ["accountPublicAccessBlock", "caller"],
  judge({ accountPublicAccessBlock: block, caller }) {
    const missing = missingBlocks(block);
    if (missing.length === 0) return pass("all four are on");
    return fail(`off: ${missing.join(", ")}`, "The next bucket may be opened by mistake.", {
      text: "Switch all four on, unless the account serves public buckets.",
      commands: [
        `aws s3control put-public-access-block --account-id ${caller.accountId} ` +
          `--public-access-block-configuration ${allBlocks}`,
      ],
      by: "administrator",
    });
  },
});
