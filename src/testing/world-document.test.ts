import { readFileSync } from "node:fs";
import {
  DeleteBucketCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { startTestServer } from "./start-test-server.ts";

const page = readFileSync(new URL("../../docs/world.md", import.meta.url), "utf8");
const schema = readFileSync(new URL("../../docs/world.schema.json", import.meta.url), "utf8");
const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? "";
const account = "111122223333";

test("the example of the page fits the schema, and does what it says", async () => {
  const world = parse(example) as Record<string, unknown>;
  expect(new Ajv2020().validate(JSON.parse(schema), world)).toBe(true);
  await using server = await startTestServer({ world });
  const { endpoint, region } = server;
  const common = { endpoint, region, maxAttempts: 1 };
  const alice = { ...common, credentials: server.credentialsOf(account, "alice") };
  const s3 = new S3Client({ ...alice, forcePathStyle: true });
  const Bucket = "sims";
  const sealed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "alias/storage" } as const;
  await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x", ...sealed }));
  await s3.send(new GetObjectCommand({ Bucket, Key: "a" }));
  const denied = s3.send(new GetBucketVersioningCommand({ Bucket }));
  await expect(denied).rejects.toMatchObject({ name: "AccessDenied" });

  const RoleArn = `arn:aws:iam::${account}:role/sms-api`;
  const assume = new AssumeRoleCommand({
    RoleArn,
    RoleSessionName: "trial",
    DurationSeconds: 7200,
  });
  const sts = new STSClient(alice);
  const { AssumedRoleUser } = await sts.send(assume);
  expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/sms-api/trial`);
  const roots = { ...common, credentials: server.credentialsOf(account, undefined) };
  const root = new S3Client({ ...roots, forcePathStyle: true });
  const remove = root.send(new DeleteBucketCommand({ Bucket }));
  await expect(remove).rejects.toThrow(/with an explicit deny in a service control policy/);
  for (const client of [s3, sts, root]) client.destroy();
});

test("every part that the page names is one that worlds have", () => {
  const { properties, required } = JSON.parse(schema) as {
    properties: Record<string, unknown>;
    required: string[];
  };
  expect(required).toEqual(["version", "accounts"]);
  const named = [...page.matchAll(/^\| `(\w+)/gm)].map(([, name = ""]) => name);
  const known = JSON.stringify(properties);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !known.includes(`"${name}":`))).toEqual([]);
});
