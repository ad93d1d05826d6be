import { defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import { readPolicy, sidOf } from "../policy-view.ts";
import { allBlocks } from "../missing-blocks.ts";
import { isPublicStatement } from "../../../policy/is-public.ts";

export const notPublic = defineRule({
  id: "POL-5",
  title: "The policy is not public",
  severity: "critical",
  practice: 7,
  sameAs: ["S3.2", "S3.3", "CKV_AWS_70"],
  needs: ["policy"],
  uses: ["policyStatus"],
  judge({ policy, policyStatus }, context) {
    const read = readPolicy(policy, context);
    if (read === undefined) return notApplicable("the bucket has no policy");
    const open = read.statements.filter(isPublicStatement);
    const told = policyStatus.state === "known" && policyStatus.value?.isPublic === true;
    if (open.length === 0 && !told) return pass("no Allow reaches everybody");
    const which =
      open.length === 0 ? "S3 takes it for public" : open.map((one) => sidOf(one, read)).join(", ");
    return fail(
      which,
      "Anybody on the Internet is granted what the statement allows, where no public access block stands in the way.",
      {
        text: "Name principals, or add a condition that fixes account, organisation or network.",
        commands: [
          `aws s3api put-public-access-block --bucket ${context.bucket} ` +
            `--public-access-block-configuration ${allBlocks}`,
        ],
        by: "administrator",
      },
    );
  },
});
