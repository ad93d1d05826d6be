import { describe, expect, it } from "vitest";
import { StorageError } from "../../../core/errors.ts";
import type { Diagnosis } from "../examine.ts";
import {
  caller,
  detail,
  examineTrial,
  ids,
  keyArn,
  layerOf,
  prefix,
  refused,
} from "../testing-fixtures/trial.ts";

const kms = (id?: string) => ({
  Rules: [
    {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: "aws:kms",
        ...(id !== undefined && { KMSMasterKeyID: id }),
      },
    },
  ],
});
const keyIn = (state: string) =>
  ({ arn: keyArn, state, manager: "CUSTOMER", description: "" }) as const;

const policyText = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: { Principal: "*", ...statement } });

/** A bucket whose policy may not be read, for a reason. */
const whenUnreadable = (why: string): Promise<Diagnosis> => {
  const message = `User: ${caller.arn} is not authorized to perform: s3:GetBucketPolicy on resource: "arn:aws:s3:::lab" ${why}`;
  return examineTrial({ settings: { policy: refused("GetBucketPolicy", message) } });
};

describe("settings", () => {
  it("that are not set are not told as unreadable, and such are not told as missing", async () => {
    expect(await detail({}, "settings")).toBe("none is set");
    const policy = refused("GetBucketPolicy");
    const lifecycle = new StorageError("NotSupported", "no", { status: 501 });
    const settings = { policy, lifecycle, encryption: kms(), versioning: "Enabled" };
    const found = await examineTrial({ settings });
    expect(layerOf(found, "settings").detail).toBe(
      "aws:kms, versioning Enabled; the caller may not read: policy; this store has no lifecycle",
    );
    expect(found.facts).toMatchObject({ encryption: "aws:kms", versioning: "Enabled" });
    expect(found.facts.policyRefusal).toMatchObject({ operation: "GetBucketPolicy" });
    expect(layerOf(found, "policy").detail).toMatch(/^the bucket does not show its own; /);
  });

  it("are kept as what they are, for whoever judges by them", async () => {
    const publicAccessBlock = { RestrictPublicBuckets: true, BlockPublicAcls: true };
    const found = await examineTrial({
      settings: { publicAccessBlock, ownership: "ObjectWriter" },
    });
    expect(found.facts.publicAccessBlock).toEqual(publicAccessBlock);
    expect(found.facts.probePrefix).toBe(prefix);
  });

  it("a refusal of another setting is none of the policy's", async () => {
    const ownership = refused("GetBucketOwnershipControls");
    const found = await examineTrial({ settings: { ownership } });
    expect(found.facts.policyRefusal).toBeUndefined();
    expect(layerOf(found, "policy").detail).toMatch(/^the bucket has none; /);
  });

  it("versions that are suspended are said to keep nothing", async () => {
    const words = "what is deleted or overwritten now is gone for good";
    expect(await detail({ settings: { versioning: "Suspended" } }, "settings")).toContain(words);
    expect(await detail({ settings: { versioning: "Enabled" } }, "settings")).not.toContain(words);
  });

  it.each([
    [keyIn("Enabled"), []],
    [keyIn("Disabled"), ["D07"]],
    [keyIn("PendingDeletion"), ["D08"]],
    [keyIn("PendingReplicaDeletion"), ["D08"]],
    [keyIn("PendingImport"), ["D73"]],
    [keyIn("Unavailable"), ["D74"]],
    [keyIn("Updating"), ["D75"]],
    [new StorageError("NotFound", "no such key"), ["D06"]],
    [refused("DescribeKey"), []],
  ])("the key of new objects: %j", async (key, found) => {
    const diagnosis = await examineTrial({ settings: { encryption: kms(keyArn) }, key });
    expect(ids(diagnosis)).toEqual(found);
    expect(diagnosis.facts.kmsKey).toBe(keyArn);
  });
});

describe("the policy", () => {
  const bucketArn = "arn:aws:s3:::lab";

  it.each([
    ["a lock-out", { Effect: "Deny", Action: "s3:PutBucketPolicy", Resource: bucketArn }, ["D61"]],
    [
      "one that hangs on the request",
      {
        Effect: "Deny",
        Action: "s3:PutBucketPolicy",
        Resource: bucketArn,
        Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
      },
      [],
    ],
    [
      "a Deny of uploads, which locks nobody out of the policy",
      { Effect: "Deny", Action: "s3:PutObject", Resource: `${bucketArn}/*` },
      [],
    ],
    [
      "a role that is gone",
      {
        Effect: "Allow",
        Principal: { AWS: "AROAEXAMPLEEXAMPLE" },
        Action: "s3:GetObject",
        Resource: `${bucketArn}/*`,
      },
      ["D54"],
    ],
    [
      "a user who is gone",
      {
        Effect: "Allow",
        Principal: { AWS: "AIDAEXAMPLEEXAMPLE" },
        Action: "s3:GetObject",
        Resource: `${bucketArn}/*`,
      },
      ["D54"],
    ],
  ])("%s", async (_, statement, found) => {
    expect(ids(await examineTrial({ settings: { policy: policyText(statement) } }))).toEqual(found);
  });

  it("that another account owns is a finding where accounts are known", async () => {
    const policy = new StorageError("PermissionDenied", "not yours", {
      status: 405,
      s3Code: "MethodNotAllowed",
      operation: "GetBucketPolicy",
    });
    expect(ids(await examineTrial({ settings: { policy } }))).toEqual(["D57"]);
    const none = new StorageError("NotSupported", "no STS", { status: 501 });
    expect(ids(await examineTrial({ settings: { policy }, caller: none }))).toEqual([]);
  });

  it("whose reading a Deny of it forbids is one; a plain refusal is none", async () => {
    const byPolicy = "with an explicit deny in a resource-based policy";
    const byIdentity = "because no identity-based policy allows the s3:GetBucketPolicy action";
    expect(ids(await whenUnreadable(byPolicy))).toEqual(["D61"]);
    expect(ids(await whenUnreadable(byIdentity))).toEqual([]);
  });
});
