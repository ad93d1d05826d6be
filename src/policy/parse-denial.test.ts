import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LayerName } from "./access-layers.ts";
import { compilePolicy } from "./compile-policy.ts";
import { denialMessage, layerWords } from "./denial-message.ts";
import { parseDenial } from "./parse-denial.ts";

const session = "arn:aws:sts::123456789012:assumed-role/Lab/ada@example.org";
const user = `User: ${session} is not authorized to perform: `;
const where = 's3:PutObject on resource: "arn:aws:s3:::bucket/a b"';
const asked = {
  principal: session,
  action: "s3:PutObject",
  resource: "arn:aws:s3:::bucket/a b",
};

describe("what the server writes is read back", () => {
  const layers = Object.keys(layerWords) as LayerName[];
  const outcomes = ["explicitDeny", "implicitDeny"] as const;
  const key = fc.oneof(
    fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" }),
    fc.constantFrom(
      'x" because no session policy allows the s3:PutObject action',
      "x with an explicit deny in a session policy",
      "x is not authorized to perform: s3:Get*",
    ),
  );

  it("whatever the layer, the outcome and the key", () => {
    const property = fc.property(
      fc.constantFrom(...layers),
      fc.constantFrom(...outcomes),
      key,
      (layer, outcome, name) => {
        const resource = `arn:aws:s3:::bucket/${name}`;
        const principal = {
          kind: "assumed-role",
          accountId: "123456789012",
          arn: session,
          principalArn: "arn:aws:iam::123456789012:role/Lab",
          userId: "",
        } as const;
        const question = {
          request: { principal, action: "s3:PutObject", resource },
          resourcePolicy: compilePolicy({ version: "2012-10-17", statements: [] }),
          caller: { identity: [] },
          sameAccount: true,
        };
        const cause = outcome === "explicitDeny" ? "explicit-deny" : "no-allow";
        const message = denialMessage(question, { outcome, layer });
        expect(parseDenial(message)).toEqual({ ...asked, resource, cause, layer });
      },
    );
    fc.assert(property);
  });
});

describe("the texts of AWS", () => {
  it.each([
    [
      `${user}${where} because no identity-based policy allows the s3:PutObject action`,
      "no-allow",
      "identity",
    ],
    [
      `${user}${where} because no permissions boundary allows the s3:PutObject action`,
      "no-allow",
      "boundary",
    ],
    [
      `${user}${where} with an explicit deny in a VPC endpoint policy`,
      "explicit-deny",
      "vpc-endpoint",
    ],
    [
      `${user}${where} with an explicit deny in a resource control policy`,
      "explicit-deny",
      "resource-control",
    ],
    [`${user}${where} with an explicit deny`, "explicit-deny", undefined],
    [
      `${user}${where} with an explicit deny in a VPC endpoint policy transitively through a service control policy`,
      "explicit-deny",
      "vpc-endpoint",
    ],
    [
      `${user}${where} because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C). Please specify a different server-side encryption type`,
      "customer-keys-blocked",
      undefined,
    ],
    [
      `${user}${where} because public access control lists (ACLs) are prevented by the BlockPublicAcls setting in S3 Block Public Access`,
      "public-acl-blocked",
      undefined,
    ],
    [
      `${user}${where} because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access`,
      "public-policy-blocked",
      undefined,
    ],
    [`${user}${where}`, "not-told", undefined],
  ])("%s", (text, cause, layer) => {
    expect(parseDenial(text)).toEqual({ ...asked, cause, ...(layer !== undefined && { layer }) });
  });

  it.each([
    ["Access Denied", "not-told"],
    [
      "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
      "not-told",
    ],
    ["<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", "not-told"],
    [
      "fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden",
      "not-told",
    ],
    ["Access Denied because object protected by object lock.", "object-locked"],
    [
      "Server-side encryption with customer-provided keys (SSE-C) is blocked for this bucket.",
      "customer-keys-blocked",
    ],
  ])("without caller and action: %s", (text, cause) => {
    expect(parseDenial(text)).toEqual({ cause });
  });

  it("KMS writes its resource without quotes, and tells strangers three things at once", () => {
    const key = "arn:aws:kms:eu-west-1:999999999999:key/1-2";
    const denied = { principal: session, action: "kms:Decrypt", resource: key };
    const text = `${user}kms:Decrypt on resource: ${key} because`;
    expect(parseDenial(`${text} no resource-based policy allows the kms:Decrypt action`)).toEqual({
      ...denied,
      cause: "no-allow",
      layer: "resource",
    });
    expect(
      parseDenial(
        `${text} the resource does not exist in this Region, no resource-based policies allow ` +
          "access, or a resource-based policy explicitly denies access",
      ),
    ).toEqual({ ...denied, cause: "absent-or-resource-policy", layer: "resource" });
    const unnamed = `${user}kms:GenerateDataKey on this resource because no identity-based policy allows the kms:GenerateDataKey action`;
    expect(parseDenial(unnamed)).toEqual({
      principal: session,
      action: "kms:GenerateDataKey",
      cause: "no-allow",
      layer: "identity",
    });
  });

  it("STS names a role without a reason, or its trust policy", () => {
    const role = "arn:aws:iam::123456789012:role/Other";
    const text = `${user}sts:AssumeRole on resource: ${role}`;
    const denied = { principal: session, action: "sts:AssumeRole", resource: role };
    expect(parseDenial(text)).toEqual({ ...denied, cause: "not-told" });
    expect(parseDenial(`${text} with an explicit deny in the role trust policy`)).toEqual({
      ...denied,
      cause: "explicit-deny",
      layer: "trust",
    });
  });

  it.each(Object.entries(layerWords))(
    "every layer, with and without its policy's ARN: %s",
    (layer, words) => {
      const an = words.startsWith("identity") ? "an" : "a";
      const policyArn = "arn:aws:iam::123456789012:policy/Guard";
      const denied = { ...asked, cause: "explicit-deny", layer };
      const text = `${user}${where} with an explicit deny in ${an} ${words}`;
      expect(parseDenial(text)).toEqual(denied);
      expect(parseDenial(`${text}: ${policyArn}`)).toEqual({ ...denied, policyArn });
      expect(parseDenial(`${text}: ${policyArn} (Service: S3, Status Code: 403)`)).toEqual({
        ...denied,
        policyArn,
      });
      const missing = `${user}s3:ListAllMyBuckets because no ${words} allows the s3:ListAllMyBuckets action`;
      const { resource: _, ...whom } = asked;
      expect(parseDenial(missing)).toEqual({
        ...whom,
        action: "s3:ListAllMyBuckets",
        cause: "no-allow",
        layer,
      });
    },
  );

  it("a policy's ARN and an authorization id may follow; the id is masked", () => {
    const policy = "arn:aws:organizations::999999999999:policy/o-a/service_control_policy/p-b";
    const text =
      `${user}${where} with an explicit deny in a service control policy: ${policy} ` +
      "with the following authorization id: 1a2b3c4d-5e6f";
    expect(parseDenial(text)).toEqual({
      ...asked,
      cause: "explicit-deny",
      layer: "service-control",
      policyArn: policy,
      authorizationId: "1a2b********",
    });
  });
});

describe("within what a tool printed", () => {
  const sentence = `${user}${where} because no session policy allows the s3:PutObject action`;
  const denied = { ...asked, cause: "no-allow", layer: "session" };

  it.each([
    `upload failed: ./a to s3://bucket/a An error occurred (AccessDenied) when calling the PutObject operation: ${sentence}`,
    `AccessDenied: ${sentence} (Service: S3, Status Code: 403, Request ID: DMQ0, Extended Request ID: TF77)`,
    `<Error><Code>AccessDenied</Code><Message>${sentence.replaceAll('"', "&quot;")}</Message><RequestId>1</RequestId></Error>`,
    sentence.replace(" because no session", "\n  because no session"),
    sentence.replace("session policy allows", "session\r\npolicy allows"),
  ])("%s", (text) => {
    expect(parseDenial(text)).toEqual(denied);
  });

  it.each(["", "NoSuchKey: The specified key does not exist.", "The provided token has expired."])(
    "nothing is read into %j",
    (text) => {
      expect(parseDenial(text)).toBeUndefined();
    },
  );

  it("a hostile text costs no more than its length", () => {
    const text = `${"arn:".repeat(100_000)} is not authorized to perform: ${'" because '.repeat(50_000)}`;
    expect(parseDenial(text)).toBeUndefined();
    expect(parseDenial(`${user}${where}${'" because '.repeat(500)}`)?.cause).toBe("not-told");
    for (const part of [" ", "\t", "403 ", "authorization id: ...."]) {
      expect(parseDenial(part.repeat(100_000))).toBeUndefined();
    }
  });
});
