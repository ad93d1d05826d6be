import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  CloudTrailClient,
  CreateTrailCommand,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  PutEventSelectorsCommand,
  StopLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  GetBucketPolicyCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startServer } from "../server/start-server.ts";
import { readWorldFile } from "../server/world/read-world-file.ts";
import { startTestServer, type TestServer } from "./start-test-server.ts";

const account = "111122223333";
const writes = {
  ReadWriteType: "WriteOnly" as const,
  IncludeManagementEvents: false,
  DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3:::sims/"] }],
};

const world = (trails: object, more: object = {}) => ({
  version: 1,
  accounts: {
    [account]: {
      root: { accessKeys: [{ accessKeyId: "AKIAROOT", secretAccessKey: "the-roots-secret" }] },
      buckets: { sims: {}, audit: {} },
      trails,
      ...more,
    },
  },
});

const credentials = { accessKeyId: "AKIAROOT", secretAccessKey: "the-roots-secret" };

const twoTrails = (prefix: string) => ({
  one: { bucket: "audit" },
  two: { bucket: "audit", prefix },
});

function clientsOf({ endpoint, region }: Pick<TestServer, "endpoint" | "region">) {
  const common = { endpoint, region, credentials, maxAttempts: 1 };
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  const trail = new CloudTrailClient(common);
  return {
    s3,
    trail,
    [Symbol.dispose]: (): void => {
      s3.destroy();
      trail.destroy();
    },
  };
}

test("trails are there with their selectors, and with the policy on their bucket", async () => {
  const writing = { bucket: "audit", prefix: "logs", multiRegion: true, eventSelectors: [writes] };
  await using server = await startTestServer({
    world: world({ writing, idle: { bucket: "audit", logging: false } }),
  });
  using clients = clientsOf(server);
  const { s3, trail } = clients;
  const { trailList = [] } = await trail.send(new DescribeTrailsCommand({}));
  expect(trailList).toMatchObject([
    { Name: "idle", S3BucketName: "audit", IsMultiRegionTrail: false },
    { Name: "writing", S3BucketName: "audit", S3KeyPrefix: "logs", IsMultiRegionTrail: true },
  ]);
  const isLogging = async (Name: string) =>
    (await trail.send(new GetTrailStatusCommand({ Name }))).IsLogging;
  expect([await isLogging("writing"), await isLogging("idle")]).toEqual([true, false]);
  const selectors = await trail.send(new GetEventSelectorsCommand({ TrailName: "writing" }));
  expect(selectors.EventSelectors).toMatchObject([writes]);
  const { Policy = "" } = await s3.send(new GetBucketPolicyCommand({ Bucket: "audit" }));
  expect(Policy).toContain(`arn:aws:s3:::audit/logs/AWSLogs/${account}/CloudTrail/*`);
  expect(Policy).toContain(`arn:aws:cloudtrail:us-east-1:${account}:trail/writing`);
  // What the world has made, the API takes as well.
  await trail.send(new PutEventSelectorsCommand({ TrailName: "idle", EventSelectors: [writes] }));
  await expect(
    trail.send(new CreateTrailCommand({ Name: "third", S3BucketName: "sims" })),
  ).rejects.toMatchObject({ name: "InsufficientS3BucketPolicyException" });
});

test("what is said otherwise is applied, what is not stays as the API left it, and the rest goes", async () => {
  await using server = await startTestServer({ world: world(twoTrails("a")) });
  using clients = clientsOf(server);
  const { s3, trail } = clients;
  const isLogging = async (Name: string) =>
    (await trail.send(new GetTrailStatusCommand({ Name }))).IsLogging;
  for (const Name of ["one", "two"]) await trail.send(new StopLoggingCommand({ Name }));
  await server.takeWorld(world(twoTrails("b")));
  expect([await isLogging("one"), await isLogging("two")]).toEqual([false, true]);
  const policyOf = async () => await s3.send(new GetBucketPolicyCommand({ Bucket: "audit" }));
  expect((await policyOf()).Policy).toContain("audit/b/AWSLogs");
  await server.takeWorld(world({ two: { bucket: "audit", prefix: "b", region: "eu-west-1" } }));
  const { trailList } = await trail.send(new DescribeTrailsCommand({}));
  expect(trailList).toEqual([]);
  await server.takeWorld(world({}));
  await expect(policyOf()).rejects.toMatchObject({ name: "NoSuchBucketPolicy" });
});

test("one that the API has made is in nobody's way, nor taken away", async () => {
  await using server = await startTestServer({ world: world({ one: { bucket: "audit" } }) });
  using clients = clientsOf(server);
  const { s3, trail } = clients;
  const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket: "audit" }));
  const Bucket = "sims";
  const own = (Policy ?? "").replaceAll("s3:::audit", "s3:::sims").replaceAll("/one", "/own");
  const { PutBucketPolicyCommand } = await import("@aws-sdk/client-s3");
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: own }));
  await trail.send(new CreateTrailCommand({ Name: "own", S3BucketName: Bucket }));
  await server.takeWorld(world({ two: { bucket: "audit" } }));
  const names = async () =>
    (await trail.send(new DescribeTrailsCommand({}))).trailList?.map(({ Name }) => Name);
  expect(await names()).toEqual(["own", "two"]);
  const elsewhere = { own: { bucket: "audit", region: "eu-west-1", multiRegion: true } };
  await expect(server.takeWorld(world(elsewhere))).rejects.toThrow(
    `accounts.${account}.trails.own: the store has a trail of this name in us-east-1.`,
  );
  const five = Object.fromEntries(
    ["t1a", "t2a", "t3a", "t4a", "t5a"].map((n) => [n, { bucket: "audit" }]),
  );
  await expect(server.takeWorld(world(five))).rejects.toThrow(/more than 5 trails in us-east-1/);
  expect(await names()).toEqual(["own", "two"]);
});

test("what is done goes to the bucket, and to the trail's file as lines", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sms-trail-"));
  try {
    const file = join(folder, "world.yaml");
    const eventSelectors = [writes];
    const trails = { writing: { bucket: "audit", eventSelectors, file: "writing.jsonl" } };
    await writeFile(file, JSON.stringify(world(trails)));
    const server = await startServer({
      durability: "memory",
      identities: { version: 1, createdAt: new Date(0).toISOString(), accounts: [] },
      world: await readWorldFile(file, "us-east-1"),
    });
    using clients = clientsOf({ endpoint: server.endpoint, region: "us-east-1" });
    const { s3 } = clients;
    await s3.send(new PutObjectCommand({ Bucket: "sims", Key: "a", Body: "x" }));
    await s3.send(new GetObjectCommand({ Bucket: "sims", Key: "a" }));
    await server.flushTrails();
    const { Contents: [{ Key } = {}] = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: "audit" }),
    );
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "audit", Key }));
    const packed = Buffer.from((await Body?.transformToByteArray()) ?? []);
    const { Records } = JSON.parse(gunzipSync(packed).toString()) as { Records: unknown[] };
    expect(Records).toMatchObject([{ eventName: "PutObject", requestParameters: { key: "a" } }]);
    await server.close();
    const lines = (await readFile(join(folder, "writing.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(Records);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a file that cannot be written keeps the world away as a whole", async () => {
  await using server = await startTestServer({ world: world({}) });
  const file = "/nowhere/at/all.jsonl";
  const lost = world({ one: { bucket: "audit", file } }, { alias: "changed" });
  await expect(server.takeWorld(lost)).rejects.toThrow(
    `The log ${file} cannot be written (ENOENT).`,
  );
  using clients = clientsOf(server);
  const { trailList } = await clients.trail.send(new DescribeTrailsCommand({}));
  expect(trailList).toEqual([]);
});
