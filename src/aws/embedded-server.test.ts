import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BucketAdmin } from "../core/bucket-admin.ts";
import type { LifecycleConfiguration } from "../core/bucket-settings.ts";
import { StorageError } from "../core/errors.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { createAwsBucketAdmin } from "./bucket-admin.ts";

/** AWS's own SDK against our server: neither can be wrong together with the other. */
let server: TestServer;
let admin: BucketAdmin;

const adminOf = (credentials: TestServer["credentials"], expectedBucketOwner?: string) =>
  createAwsBucketAdmin({
    region: server.region,
    endpointUrl: server.endpoint,
    credentials: () => Promise.resolve(credentials),
    ...(expectedBucketOwner !== undefined && { expectedBucketOwner }),
  });

beforeAll(async () => {
  server = await startTestServer();
  admin = adminOf(server.credentials, server.accountId);
});
afterAll(async () => {
  admin.close();
  await server.close();
});

async function failure(promise: Promise<unknown>): Promise<StorageError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StorageError) return error;
  throw new Error(`not a StorageError: ${String(error)}`);
}

describe("a bucket's life", () => {
  it("absent, made and present, in a region of its own", async () => {
    expect(await admin.headBucket("life")).toEqual({ state: "absent" });
    await admin.createBucket({ bucket: "life", region: "us-east-1" });
    expect(await admin.headBucket("life")).toEqual({ state: "present", region: "us-east-1" });
    await admin.createBucket({ bucket: "west", region: "us-west-2" });
    expect(await admin.headBucket("west")).toMatchObject({ region: "us-west-2" });
  });

  it("another owner is expected", async () => {
    const other = adminOf(server.credentials, "000000000001");
    expect((await other.headBucket(server.bucket)).state).toBe("forbidden");
    expect((await failure(other.read(server.bucket, "versioning"))).code).toBe("PermissionDenied");
  });

  it("bad keys are errors, not foreign buckets", async () => {
    const stranger = adminOf({ accessKeyId: "AKIASTRANGER", secretAccessKey: "x" });
    expect((await failure(stranger.headBucket(server.bucket))).s3Code).toBe("InvalidAccessKeyId");
    const thief = adminOf({ ...server.credentials, secretAccessKey: "x" });
    expect((await failure(thief.headBucket(server.bucket))).s3Code).toBe("SignatureDoesNotMatch");
  });
});

describe("who is asking", () => {
  it("a user, and a role of SSO with its path", async () => {
    expect(await admin.getCallerIdentity()).toMatchObject({
      accountId: server.accountId,
      arn: `arn:aws:iam::${server.accountId}:user/admin`,
    });
    const sso = adminOf(server.ssoCredentials);
    const { arn, userId } = await sso.getCallerIdentity();
    const roleName = arn.split("/")[1] ?? "";
    const role = await sso.getRole(roleName);
    expect(role?.arn).toContain(`role/aws-reserved/sso.amazonaws.com/${roleName}`);
    expect(userId.split(":")[0]).toBe(role?.roleId);
    expect(await sso.getRole("None")).toBeUndefined();
  });
});

describe("settings come back as they were put", () => {
  it("encryption, SSE-S3 from the start", async () => {
    const value = {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
          BucketKeyEnabled: false,
          BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
        },
      ],
    } as const;
    const before = await admin.read(server.bucket, "encryption");
    expect(before?.Rules[0]?.ApplyServerSideEncryptionByDefault.SSEAlgorithm).toBe("AES256");
    await admin.put(server.bucket, "encryption", value);
    expect(await admin.read(server.bucket, "encryption")).toEqual(value);
  });

  it("versioning", async () => {
    expect(await admin.read(server.bucket, "versioning")).toBeUndefined();
    await admin.put(server.bucket, "versioning", "Enabled");
    expect(await admin.read(server.bucket, "versioning")).toBe("Enabled");
  });

  it("lifecycle", async () => {
    const value: LifecycleConfiguration = {
      Rules: [
        {
          ID: "test",
          Status: "Enabled",
          Filter: { Prefix: "test/" },
          Expiration: { Days: 7 },
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        },
        {
          ID: "date",
          Status: "Disabled",
          Filter: { And: { Prefix: "a/", Tags: [{ Key: "k", Value: "v" }] } },
          Expiration: { Date: "2027-01-01T00:00:00.000Z" },
        },
      ],
    };
    expect(await admin.read(server.bucket, "lifecycle")).toBeUndefined();
    await admin.put(server.bucket, "lifecycle", value);
    expect(await admin.read(server.bucket, "lifecycle")).toMatchObject(value);
    await admin.remove(server.bucket, "lifecycle");
    expect(await admin.read(server.bucket, "lifecycle")).toBeUndefined();
  });

  it("policy and its status", async () => {
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Tls",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: `arn:aws:s3:::${server.bucket}/*`,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
    expect(await admin.read(server.bucket, "policy")).toBeUndefined();
    expect(await admin.read(server.bucket, "policyStatus")).toBeUndefined();
    await admin.put(server.bucket, "policy", policy);
    expect(await admin.read(server.bucket, "policy")).toBe(policy);
    expect(await admin.read(server.bucket, "policyStatus")).toEqual({ isPublic: false });
    await admin.remove(server.bucket, "policy");
    const broken = await failure(admin.put(server.bucket, "policy", "{"));
    expect(broken).toMatchObject({ s3Code: "MalformedPolicy", code: "InvalidArgument" });
  });

  it("access block, ownership and tags", async () => {
    const block = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    };
    await admin.put(server.bucket, "publicAccessBlock", block);
    expect(await admin.read(server.bucket, "publicAccessBlock")).toEqual(block);
    await admin.put(server.bucket, "ownership", "BucketOwnerPreferred");
    expect(await admin.read(server.bucket, "ownership")).toBe("BucketOwnerPreferred");
    expect(await admin.read(server.bucket, "tags")).toBeUndefined();
    await admin.put(server.bucket, "tags", [{ Key: "team", Value: "sims" }]);
    expect(await admin.read(server.bucket, "tags")).toEqual([{ Key: "team", Value: "sims" }]);
  });
});
