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
    ...(expectedBucketOwner === undefined ? {} : { expectedBucketOwner }),
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
    expect((await failure(other.getBucketVersioning(server.bucket))).code).toBe("PermissionDenied");
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
    const before = await admin.getBucketEncryption(server.bucket);
    expect(before?.Rules[0]?.ApplyServerSideEncryptionByDefault.SSEAlgorithm).toBe("AES256");
    await admin.putBucketEncryption(server.bucket, value);
    expect(await admin.getBucketEncryption(server.bucket)).toEqual(value);
  });

  it("versioning", async () => {
    expect(await admin.getBucketVersioning(server.bucket)).toBeUndefined();
    await admin.putBucketVersioning(server.bucket, "Enabled");
    expect(await admin.getBucketVersioning(server.bucket)).toBe("Enabled");
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
    expect(await admin.getBucketLifecycle(server.bucket)).toBeUndefined();
    await admin.putBucketLifecycle(server.bucket, value);
    expect(await admin.getBucketLifecycle(server.bucket)).toMatchObject(value);
    await admin.deleteBucketLifecycle(server.bucket);
    expect(await admin.getBucketLifecycle(server.bucket)).toBeUndefined();
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
    expect(await admin.getBucketPolicy(server.bucket)).toBeUndefined();
    expect(await admin.getBucketPolicyStatus(server.bucket)).toBeUndefined();
    await admin.putBucketPolicy(server.bucket, policy);
    expect(await admin.getBucketPolicy(server.bucket)).toBe(policy);
    expect(await admin.getBucketPolicyStatus(server.bucket)).toEqual({ isPublic: false });
    await admin.deleteBucketPolicy(server.bucket);
    const broken = await failure(admin.putBucketPolicy(server.bucket, "{"));
    expect(broken).toMatchObject({ s3Code: "MalformedPolicy", code: "InvalidArgument" });
  });

  it("access block, ownership and tags", async () => {
    const block = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    };
    await admin.putPublicAccessBlock(server.bucket, block);
    expect(await admin.getPublicAccessBlock(server.bucket)).toEqual(block);
    await admin.putBucketOwnership(server.bucket, "BucketOwnerPreferred");
    expect(await admin.getBucketOwnership(server.bucket)).toBe("BucketOwnerPreferred");
    expect(await admin.getBucketTagging(server.bucket)).toBeUndefined();
    await admin.putBucketTagging(server.bucket, [{ Key: "team", Value: "sims" }]);
    expect(await admin.getBucketTagging(server.bucket)).toEqual([{ Key: "team", Value: "sims" }]);
  });
});
