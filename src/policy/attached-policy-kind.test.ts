import { describe, expect, it } from "vitest";
import { type AttachedPolicyKind, attachedPolicyKind } from "./attached-policy-kind.ts";
import { parsePolicyOf } from "./parse.ts";

const account = "arn:aws:iam::111122223333:root";
const plain = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

function read(kind: AttachedPolicyKind, ...statements: readonly object[]) {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return parsePolicyOf(attachedPolicyKind(kind), text);
}

describe("are taken", () => {
  it.each<readonly [AttachedPolicyKind, object]>([
    ["identity", plain],
    ["identity", { ...plain, Action: ["*"], Resource: "arn:aws:s3:::data/*" }],
    ["identity", { ...plain, Action: "kms:Decrypt", Resource: "arn:aws:kms:*:*:key/*" }],
    ["identity", { Effect: "Deny", NotAction: "iam:*", NotResource: "arn:aws:s3:::data/*" }],
    ["identity", { ...plain, Resource: "arn:aws:s3:*" }],
    ["service-control", plain],
    ["resource-control", { ...plain, Principal: "*" }],
    ["vpc-endpoint", { ...plain, Principal: { AWS: account } }],
    ["key", { Effect: "Allow", Principal: { AWS: account }, Action: "kms:*", Resource: "*" }],
    ["key", { Effect: "Allow", Principal: { AWS: account }, Action: "KMS:Decrypt", Resource: "*" }],
    ["trust", { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" }],
    [
      "trust",
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/issuer.example" },
        Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        Condition: { StringEquals: { "issuer.example:aud": "sts.amazonaws.com" } },
      },
    ],
  ])("%s: %j", (kind, statement) => {
    expect(read(kind, statement).statements).toHaveLength(1);
  });
});

describe("are refused", () => {
  const forAction = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
  it.each<readonly [AttachedPolicyKind, object, string]>([
    ["identity", { ...plain, Principal: "*" }, "Policy document should not specify a principal."],
    [
      "identity",
      { ...plain, NotPrincipal: { AWS: account } },
      "Policy document should not specify a principal.",
    ],
    ["identity", { ...plain, Action: "GetObject" }, forAction],
    ["identity", { ...plain, Action: "s3:Get Object" }, forAction],
    ["identity", { ...plain, Resource: "data" }, 'Resource data must be in ARN format or "*".'],
    ["identity", { Effect: "Allow", Action: "s3:*" }, "Missing required field Resource"],
    ["vpc-endpoint", plain, "Missing required field Principal"],
    [
      "key",
      { ...plain, Principal: { AWS: account } },
      "Policy contains an invalid action: s3:GetObject",
    ],
    [
      "trust",
      { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole", Resource: "*" },
      "Has prohibited field Resource",
    ],
    [
      "trust",
      { Effect: "Allow", Principal: { AWS: account }, Action: "s3:GetObject" },
      "Policy contains an invalid action: s3:GetObject",
    ],
  ])("%s: %j", (kind, statement, message) => {
    expect(() => read(kind, statement)).toThrow(message);
  });

  it("what is no JSON, and what is too large", () => {
    const kind = attachedPolicyKind("identity", { maximumBytes: 100 });
    expect(() => parsePolicyOf(kind, "no")).toThrow("The policy is not in the valid JSON format.");
    const large = JSON.stringify({ Version: "2012-10-17", Statement: [plain, plain] });
    expect(() => parsePolicyOf(kind, large)).toThrow("Maximum policy size of 100 bytes exceeded");
  });

  it("a principal that is not there", () => {
    const kind = attachedPolicyKind("trust", { principalExists: () => false });
    const Principal = { AWS: "arn:aws:iam::111122223333:role/gone" };
    const Statement = { Effect: "Allow", Principal, Action: "sts:AssumeRole" };
    const text = JSON.stringify({ Version: "2012-10-17", Statement });
    expect(() => parsePolicyOf(kind, text)).toThrow("Invalid principal in policy");
  });
});
