import { describe, expect, it } from "vitest";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { evaluatePolicy } from "../../policy/evaluate.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { parsePolicy, parsePolicyOf } from "../../policy/parse.ts";
import { parseDenial } from "../../policy/parse-denial.ts";
import { adviseDenial } from "./advise-denial.ts";

const role = "AWSReservedSSO_Scientist_0123456789abcdef";
const session = `arn:aws:sts::123456789012:assumed-role/${role}/ada`;
const principal = {
  kind: "assumed-role",
  accountId: "123456789012",
  arn: session,
  principalArn: `arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-1/${role}`,
  userId: "AROALAB0000000000001:ada",
} as const;
const object = "arn:aws:s3:::bucket/a b";
const keyArn = "arn:aws:kms:eu-west-1:123456789012:key/1-2";

function adviceOn(text: string) {
  const denial = parseDenial(text);
  if (denial === undefined) throw new Error(`no denial: ${text}`);
  return adviseDenial(denial);
}

const says = (action: string, resource: string, why: string): string =>
  `User: ${session} is not authorized to perform: ${action} on resource: "${resource}" ${why}`;

const documentOf = (statements: unknown): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

describe("a missing Allow comes with the statement that is one", () => {
  it("in the permission set, which alone changes its role", () => {
    const text = says(
      "s3:PutObject",
      object,
      "because no identity-based policy allows the s3:PutObject action",
    );
    const { remedy } = adviceOn(text);
    expect(remedy.by).toBe("administrator");
    expect(remedy.text).toContain("permission set Scientist");
    const policy = parsePolicyOf(attachedPolicyKind("identity"), documentOf(remedy.statements));
    const request = { principal, action: "s3:PutObject", resource: object };
    expect(evaluatePolicy(compilePolicy(policy), request).decision).toBe("allow");
  });

  it("in the bucket's policy, where the account may be the wrong one", () => {
    const text = says(
      "s3:PutObject",
      object,
      "because no resource-based policy allows the s3:PutObject action",
    );
    const { remedy } = adviceOn(text);
    expect(remedy.commands).toEqual(["sms-storage whoami"]);
    const policy = parsePolicy(documentOf(remedy.statements), { bucket: "bucket" });
    const request = { principal, action: "s3:PutObject", resource: object };
    expect(evaluatePolicy(compilePolicy(policy), request).delegation).toBeDefined();
    expect(remedy.text).toMatch(/by patterns .* own policies have to allow it as well/);
    const principalArn = principal.principalArn.replace("Scientist", "Scientist_Admin");
    const other = { ...request, principal: { ...principal, principalArn } };
    expect(evaluatePolicy(compilePolicy(policy), other).delegation).toBeUndefined();
  });

  it("by patterns, too, of any other role, whose path no session tells", () => {
    const arn = "arn:aws-us-gov:sts::123456789012:assumed-role/Batch/i-1";
    const text = says("s3:PutObject", object, "because no resource-based policy allows it");
    const { remedy } = adviceOn(text.replaceAll(session, arn));
    const roles = "arn:aws-us-gov:iam::123456789012:role";
    expect(remedy.statements).toMatchObject([
      {
        Principal: { AWS: "arn:aws-us-gov:iam::123456789012:root" },
        Condition: { ArnLike: { "aws:PrincipalArn": [`${roles}/Batch`, `${roles}/*/Batch`] } },
      },
    ]);
  });

  it("in the key's policy, with the right to read that uploads in parts need", () => {
    const text = says(
      "kms:GenerateDataKey",
      keyArn,
      "because no resource-based policy allows the kms:GenerateDataKey action",
    );
    const { remedy } = adviceOn(text.replaceAll('"', ""));
    const policy = parsePolicyOf(attachedPolicyKind("key"), documentOf(remedy.statements));
    for (const action of ["kms:GenerateDataKey", "kms:Decrypt"]) {
      const request = { principal, action, resource: keyArn };
      expect(evaluatePolicy(compilePolicy(policy), request).delegation).toBeDefined();
    }
  });
});

it.each([
  ["because no service control policy allows the s3:PutObject action", "organization"],
  ["with an explicit deny in a resource control policy", "organization"],
  ["with an explicit deny in a resource-based policy", "administrator"],
  ["because no permissions boundary allows the s3:PutObject action", "administrator"],
  ["because no session policy allows the s3:PutObject action", "you"],
  ["because no VPC endpoint policy allows the s3:PutObject action", "administrator"],
])("who can mend it: %s", (why, by) => {
  expect(adviceOn(says("s3:PutObject", object, why)).remedy.by).toBe(by);
});

it("a Deny that is not told whose is looked for by the command, quoted for the shell", () => {
  const { remedy } = adviceOn(says("s3:PutObject", object, "with an explicit deny"));
  expect(remedy.commands).toEqual([
    `sms-storage explain --as ${session} --action s3:PutObject 's3://bucket/a b'`,
  ]);
});

it.each([
  "Access Denied",
  "Access Denied because object protected by object lock.",
  "... because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access",
  "... because public access control lists (ACLs) are prevented by the BlockPublicAcls setting",
  "... because this bucket has blocked upload requests that specify Customer provided keys (SSE-C)",
])("something to do next: %s", (text) => {
  const { says: said, remedy } = adviceOn(text);
  expect(said.length).toBeGreaterThan(20);
  expect(remedy.text.length).toBeGreaterThan(20);
});
