import { describe, expect, it } from "vitest";
import { newBucket, type FakeBucket } from "../testing-fixtures/fake-bucket-admin.ts";
import { adminWith, bucket, desire, planFor } from "../testing-fixtures/set-up-once.ts";
import type { DesiredStateInput } from "../desired-state.ts";
import { exportCloudFormation } from "./export-cloudformation.ts";
import { exportPolicies } from "./export-policies.ts";
import { exportScript } from "./export-script.ts";
import { exportTerraform } from "./export-terraform.ts";
import { type ExportedSetup, exportedSetup } from "./exported-setup.ts";

const hostile = "'; touch x; \"$(touch x)`touch x` ${y} %{if} \n- a: b";

async function exported(
  state?: Partial<FakeBucket>,
  change: Partial<DesiredStateInput> = {},
): Promise<ExportedSetup> {
  const admin = adminWith({ ...newBucket("us-east-1"), ...state });
  return exportedSetup(await planFor({ admin }, desire({ ...change, envFile: "unmanaged" })));
}

const theirs = {
  ID: hostile,
  Status: "Enabled",
  Filter: { And: { Prefix: hostile, Tags: [{ Key: "k", Value: hostile }] } },
  Transitions: [{ Days: 30, StorageClass: "GLACIER" }],
} as const;
const theirStatement = {
  Sid: "Theirs",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111122223333:role/x" },
  Action: "s3:GetObject",
  Resource: `arn:aws:s3:::${bucket}/home/\${aws:username}/*`,
};

describe("an exported set-up", () => {
  it("is what the plan leads to, with what others have", async () => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: theirStatement });
    const { documents, leftOut, present } = await exported({
      policy,
      lifecycle: { Rules: [theirs] },
    });
    expect(documents.policy?.Statement[0]).toEqual(theirStatement);
    expect(documents.policy?.Statement.map(({ Sid }) => Sid)).toContain("SmsStorageTlsOnly");
    expect(documents.lifecycle?.Rules.map(({ ID }) => ID)).toEqual([
      hostile,
      "sms-storage-test-files",
      "sms-storage-clean-up",
    ]);
    expect(documents).toMatchObject({ versioning: "Enabled", ownership: "BucketOwnerEnforced" });
    expect(leftOut).toEqual([]);
    expect(present.has("policy")).toBe(true);
  });

  it("names what is left out, and nothing of it is written", async () => {
    const setup = await exported({}, { lifecycle: "unmanaged", versioning: "unmanaged" });
    expect(setup.leftOut.map(({ title }) => title)).toEqual(["Versioning", "Lifecycle"]);
    expect(exportTerraform(setup)).not.toContain("aws_s3_bucket_versioning");
    expect(exportCloudFormation(setup)).not.toContain("LifecycleConfiguration");
    expect(exportScript(setup)).not.toContain("put-bucket-lifecycle");
    expect(exportPolicies(setup)).not.toHaveProperty("lifecycle.json");
  });

  it("names what is to be removed, which no document says", async () => {
    const plan = await planFor({ admin: adminWith() }, desire({ envFile: "unmanaged" }));
    const aspects = plan.aspects.map((aspect) =>
      aspect.aspect === "policy" ? { ...aspect, document: null } : aspect,
    );
    const setup = exportedSetup({ ...plan, aspects });
    expect(setup.documents.policy).toBeUndefined();
    expect(setup.leftOut).toEqual([
      { title: "Bucket policy", why: expect.stringContaining("is to be removed") },
    ]);
  });

  it.each([
    [{ bucket: "x'; touch y; '" }, "is no name of a bucket"],
    [{ bucket: "file://x" }, "is no name of a bucket"],
    [{ region: "us-east-1; touch y" }, "is no name of a region"],
  ])("has names that are names: %j", async (change, message) => {
    const plan = await planFor({ admin: adminWith() }, desire({ envFile: "unmanaged" }));
    expect(() => exportedSetup({ ...plan, ...change })).toThrow(message);
  });

  it("is none of a plan that must not be applied", async () => {
    const plan = await planFor({ admin: adminWith() }, desire());
    const blockers = [{ code: "owner", message: "It is another's.", remedy: "Ask." }] as const;
    expect(() => exportedSetup({ ...plan, summary: { ...plan.summary, blockers } })).toThrow(
      "It is another's.",
    );
  });
});

describe("for Terraform", () => {
  it("imports what is there, refuses other accounts, and begins no template by a value", async () => {
    const text = exportTerraform(await exported({ lifecycle: { Rules: [theirs] } }));
    expect(text).toContain(`import {\n  to = aws_s3_bucket.this\n  id = "${bucket}"\n}`);
    expect(text).not.toContain("to = aws_s3_bucket_policy.this");
    expect(text).toMatch(/allowed_account_ids = \[\n {4}"\d{12}",\n {2}\]/);
    expect(text).toContain('blocked_encryption_types = [\n      "SSE-C",\n    ]');
    expect(text).toContain('version" = ">= 6.37, < 7.0"');
    expect(text).not.toMatch(/(?<!\$)\$\{y\}/);
  });
});

describe("for CloudFormation", () => {
  it("makes ARNs by the stack's partition, and leaves IAM's variables alone", async () => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: theirStatement });
    const text = exportCloudFormation(await exported({ policy }));
    expect(text).toContain(`!Sub "arn:\${AWS::Partition}:s3:::${bucket}/home/\${!aws:username}/*"`);
    expect(text).not.toContain('"arn:aws:');
    expect(text).toContain('DeletionPolicy: "Retain"');
  });
});

describe("as a script", () => {
  it("names a constraint but in the first region, and the owner on every call of the bucket", async () => {
    expect(exportScript(await exported())).not.toContain("LocationConstraint");
    const other = exportScript(
      await exported({}, { region: "us-east-1" }).then((setup) => ({
        ...setup,
        region: "us-west-2",
      })),
    );
    expect(other).toContain('LocationConstraint="$region"');
    expect(other).toMatch(/^mine\(\) \{ s3 "\$@" --expected-bucket-owner "\$owner"; \}$/m);
    expect(other).toContain("set -euo pipefail");
    expect(other).not.toMatch(/\/tmp|mktemp|"Id"/);
  });
});

describe("as documents", () => {
  it("gives the same access by an identity's policy, and reading under a key to the same role", async () => {
    const documents = exportPolicies(await exported());
    const inline = JSON.stringify(documents["permission-set-inline-policy.json"]);
    expect(inline).toContain("s3:GetObject");
    expect(inline).not.toContain("Principal");
    expect(documents["key-policy-statement.json"]).toMatchObject({
      Action: "kms:Decrypt",
      Principal: { AWS: expect.stringContaining(":role/") },
      Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
    });
    const stable = exportPolicies(await exported({}, { policy: { form: "stable" } }));
    expect(stable["key-policy-statement.json"]).toMatchObject({
      Principal: { AWS: expect.stringMatching(/:root$/) },
      Condition: { ArnLike: { "aws:PrincipalArn": expect.anything() } },
    });
    // KMS is told the account of whoever asks, not the bucket's.
    const partner = "arn:aws:iam::999999999999:role/partner";
    for (const form of ["role-arn", "stable"] as const) {
      const others = exportPolicies(
        await exported({}, { policy: { form, principals: [partner] } }),
      );
      expect(others["key-policy-statement.json"]).toMatchObject({
        Principal: { AWS: form === "stable" ? "arn:aws:iam::999999999999:root" : partner },
        Condition: { StringEquals: { "kms:CallerAccount": "999999999999" } },
      });
    }
  });
});
