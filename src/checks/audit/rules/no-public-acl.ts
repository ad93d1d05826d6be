import { defineRule, fail, notApplicable, pass } from "../audit-rule.ts";

const groups = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

export const noPublicAcl = defineRule({
  id: "ACL-1",
  title: "No access control list is public",
  severity: "critical",
  sameAs: ["prowler s3_bucket_public_list_acl", "prowler s3_bucket_public_write_acl"],
  needs: ["ownership", "acl"],
  judge({ ownership, acl }, { bucket }) {
    if (ownership === "BucketOwnerEnforced") return notApplicable("lists are off (OWN-1)");
    const open = acl.grants.filter(({ grantee }) => groups.test(grantee));
    if (open.length === 0) return pass("no grant to a public group");
    return fail(
      open
        .map(
          ({ grantee, permission }) => `${permission} to ${groups.exec(grantee)?.[1] ?? grantee}`,
        )
        .join(", "),
      "Anybody has it.",
      {
        text: "Make the list private.",
        commands: [`aws s3api put-bucket-acl --bucket ${bucket} --acl private`],
        by: "you",
      },
    );
  },
});
