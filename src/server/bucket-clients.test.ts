import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
  PutBucketAclCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { SdkServer } from "./testing-fixtures/sdk-server.ts";

/** What the AWS SDK does with buckets over a real port, and who STS and IAM say it is. */
let server: SdkServer;
let s3: S3Client;
let Bucket = "";

beforeAll(async () => {
  server = await SdkServer.start();
  s3 = server.s3;
});

afterAll(() => server.stop());

beforeEach(async () => {
  Bucket = await server.newBucket();
});

test("STS and IAM answer on the same port", async () => {
  const credentials = { ...server.session };
  const sts = new STSClient({ ...server.settings(), credentials });
  const identity = await sts.send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({
    Account: server.account.id,
    Arn: `arn:aws:sts::${server.account.id}:assumed-role/${server.role.name}/developer`,
    UserId: `${server.role.id}:developer`,
  });
  const iam = new IAMClient({ ...server.settings(), credentials });
  const answer = await iam.send(new GetRoleCommand({ RoleName: server.role.name }));
  expect(answer.Role).toMatchObject({
    Arn: `arn:aws:iam::${server.account.id}:role/aws-reserved/sso.amazonaws.com/${server.role.name}`,
    RoleId: server.role.id,
    CreateDate: new Date(Math.floor(Date.parse(server.createdAt) / 1000) * 1000),
  });
  await expect(iam.send(new GetRoleCommand({ RoleName: "Nobody" }))).rejects.toMatchObject({
    name: "NoSuchEntityException",
  });
});

test("STS refuses bad credentials in its own words", async () => {
  const keys = server.settings().credentials;
  const secretAccessKey = "x".repeat(40);
  for (const [credentials, name] of [
    [{ accessKeyId: "AKIAUNKNOWN000000000", secretAccessKey }, "InvalidClientTokenId"],
    [{ ...keys, secretAccessKey }, "SignatureDoesNotMatch"],
    [{ ...server.session, sessionToken: "bad" }, "InvalidClientTokenId"],
  ] as const) {
    const sts = new STSClient({ ...server.settings(), credentials });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: 403 },
    });
  }
});

test("a bucket says where it is", async () => {
  const west = server.client("us-west-2");
  const name = "a-bucket-in-the-west";
  const created = await west.send(new CreateBucketCommand({ Bucket: name }));
  expect(created).toMatchObject({ BucketArn: `arn:aws:s3:::${name}` });
  const head = await s3.send(new HeadBucketCommand({ Bucket: name }));
  expect(head).toMatchObject({
    BucketRegion: "us-west-2",
    AccessPointAlias: false,
    BucketArn: `arn:aws:s3:::${name}`,
  });
  const location = (bucket: string) => s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
  expect((await location(name)).LocationConstraint).toBe("us-west-2");
  expect((await location(Bucket)).LocationConstraint).toBeUndefined();
  const listed = await s3.send(new ListBucketsCommand({ Prefix: name }));
  expect(listed.Buckets).toMatchObject([{ Name: name, BucketRegion: "us-west-2" }]);
});

test("a bucket can only be deleted when nothing is left", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: "BucketNotEmpty",
    $metadata: { httpStatusCode: 409 },
  });
  const Delete = { Objects: [{ Key: "k" }] };
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
  await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: "NotFound",
  });
});

test("versions can be listed and deleted by id", async () => {
  const VersioningConfiguration = { Status: "Enabled" as const };
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  for (const Body of ["1", "2"]) {
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body }));
  }
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "k" }] } }));
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(listed.Versions).toHaveLength(2);
  expect(listed.DeleteMarkers).toMatchObject([{ Key: "k", IsLatest: true }]);
  const Objects = [...listed.Versions!, ...listed.DeleteMarkers!].map(({ Key, VersionId }) => ({
    Key: Key!,
    VersionId: VersionId!,
  }));
  const { Deleted, Errors } = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
  );
  expect(Errors).toBeUndefined();
  expect(Deleted).toHaveLength(3);
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

test("the owner has full control and there are no other grants", async () => {
  const acl = await s3.send(new GetBucketAclCommand({ Bucket }));
  expect(acl.Grants).toEqual([
    { Grantee: { ID: acl.Owner?.ID, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" },
  ]);
  const put = s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
  await expect(put).rejects.toMatchObject({ name: "AccessControlListNotSupported" });
});

test("clients that probe for other settings read that they are not set", async () => {
  for (const [command, name] of [
    [new GetBucketCorsCommand({ Bucket }), "NoSuchCORSConfiguration"],
    [new GetBucketWebsiteCommand({ Bucket }), "NoSuchWebsiteConfiguration"],
    [new GetBucketReplicationCommand({ Bucket }), "ReplicationConfigurationNotFoundError"],
    [new GetObjectLockConfigurationCommand({ Bucket }), "ObjectLockConfigurationNotFoundError"],
  ] as const) {
    await expect(s3.send(command)).rejects.toMatchObject({ name });
  }
  const logging = await s3.send(new GetBucketLoggingCommand({ Bucket }));
  expect(logging.LoggingEnabled).toBeUndefined();
  const notification = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  expect(notification.QueueConfigurations).toBeUndefined();
  const accelerate = await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }));
  expect(accelerate.Status).toBeUndefined();
  const payment = await s3.send(new GetBucketRequestPaymentCommand({ Bucket }));
  expect(payment.Payer).toBe("BucketOwner");
});

test("a listing of odd keys is paged through whole", async () => {
  const keys = ["a b", "a+b", "a%20b", "a/../b", "a//b", "é", "\u{1F600}", "\uFB01", "a&<>\"'"];
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  const seen: (string | undefined)[] = [];
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket })) {
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
  }
  const inByteOrder = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(seen).toEqual(inByteOrder);
});
