import { defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import { readPolicy, sidOf } from "../policy-view.ts";

export const noEncryptionHeaderDeny = defineRule({
  id: "POL-9",
  title: "No Deny asks for an encryption header",
  severity: "high",
  needs: ["policy"],
  judge({ policy }, context) {
    const read = readPolicy(policy, context);
    if (read === undefined) return notApplicable("the bucket has no policy");
    const found = read.statements.filter(
      ({ effect, conditions }) =>
        effect === "Deny" &&
        conditions.some(
          ({ key, operator }) =>
            key.toLowerCase() === "s3:x-amz-server-side-encryption" &&
            /^(?:Null|StringNot)/i.test(operator),
        ),
    );
    if (found.length === 0) return pass("none");
    return fail(
      found.map((one) => sidOf(one, read)).join(", "),
      "Uploads that leave encryption to the bucket's default, as most tools do, are refused.",
      { text: "Remove the statement: the default encrypts every object anyway.", by: "you" },
    );
  },
});
