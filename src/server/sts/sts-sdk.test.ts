import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetBucketLocationCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import {
  AssumeRoleCommand,
  type AssumeRoleResponse,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Credentials } from "../../core/credentials.ts";
import { keys, TestServer } from "../testing-fixtures/test-server.ts";

const roleArn = "arn:aws:iam::111122223333:role/team/Developer";
let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bucket" });
});
afterAll(() => server.close());

const settings = (credentials: Credentials) => ({
  endpoint: server.server.endpoint,
  region: "us-east-1",
  maxAttempts: 1,
  forcePathStyle: true,
  credentials,
});

type Given = AssumeRoleResponse["Credentials"];

function credentialsOf(given: Given): Credentials {
  const { AccessKeyId, SecretAccessKey, SessionToken } = given ?? {};
  return {
    accessKeyId: AccessKeyId ?? "",
    secretAccessKey: SecretAccessKey ?? "",
    sessionToken: SessionToken ?? "",
  };
}

test("the SDK assumes a role, is judged by its session policy, and assumes it again", async () => {
  const sts = new STSClient(settings(keys.admin));
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: ["s3:ListAllMyBuckets", "sts:*"], Resource: "*" },
  });
  const request = { RoleArn: roleArn, RoleSessionName: "sdk", Policy };
  const { Credentials: given, AssumedRoleUser } = await sts.send(new AssumeRoleCommand(request));
  expect(AssumedRoleUser?.Arn).toBe("arn:aws:sts::111122223333:assumed-role/Developer/sdk");
  const session = credentialsOf(given);
  const s3 = new S3Client(settings(session));
  expect((await s3.send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
  await expect(s3.send(new GetBucketLocationCommand({ Bucket: "bucket" }))).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining("no session policy allows the s3:GetBucketLocation action"),
  });
  const chained = new STSClient(settings(session));
  const again = await chained.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "again" }),
  );
  const identity = await new STSClient(settings(credentialsOf(again.Credentials))).send(
    new GetCallerIdentityCommand({}),
  );
  expect(identity.Arn).toBe("arn:aws:sts::111122223333:assumed-role/Developer/again");
});

test("the SDK reads refusals with their codes", async () => {
  const sts = new STSClient(settings(keys.plain));
  const request = { RoleArn: roleArn, RoleSessionName: "sdk" };
  await expect(sts.send(new AssumeRoleCommand(request))).rejects.toMatchObject({
    name: "AccessDenied",
    message:
      "User: arn:aws:iam::111122223333:user/plain is not authorized to perform: sts:AssumeRole on " +
      `resource: ${roleArn}`,
  });
  await expect(
    sts.send(new AssumeRoleCommand({ ...request, Policy: "no policy" })),
  ).rejects.toMatchObject({ name: "AccessDenied" });
  const allowed = new STSClient(settings(keys.admin));
  await expect(
    allowed.send(new AssumeRoleCommand({ ...request, Policy: "no policy" })),
  ).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
});

test("keys of GetSessionToken do at S3 what the user's do, and nothing at IAM without MFA", async () => {
  const sts = new STSClient(settings(keys.admin));
  const { Credentials: given } = await sts.send(new GetSessionTokenCommand({}));
  const session = credentialsOf(given);
  const s3 = new S3Client(settings(session));
  expect((await s3.send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
  const iam = new IAMClient(settings(session));
  await expect(iam.send(new GetRoleCommand({ RoleName: "Developer" }))).rejects.toMatchObject({
    name: "InvalidClientTokenId",
    $metadata: { httpStatusCode: 403 },
  });
  const permanent = new IAMClient(settings(keys.admin));
  expect((await permanent.send(new GetRoleCommand({ RoleName: "Developer" }))).Role?.Arn).toBe(
    roleArn,
  );
});
