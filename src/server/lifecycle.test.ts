import {
  CreateBucketCommand,
  DeleteBucketLifecycleCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { testBucket, createBucket } from "../engine/testing-fixtures/engine-calls.ts";
import type { ServerEvent } from "./server-event.ts";
import { startServer } from "./start-server.ts";
import { keys, TestServer, testIdentities } from "./testing-fixtures/test-server.ts";

function sdkOf(endpoint: string): S3Client {
  const credentials = keys.admin;
  return new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true });
}

const Bucket = testBucket;

test("with days of two seconds, rules are carried out by themselves and told to the log", async () => {
  const running = await TestServer.start({ lifecycle: { dayMs: 2000 } });
  const s3 = sdkOf(running.server.endpoint);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = async (Key: string) =>
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const listed = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key }) => Key);
  };
  const rule = { Status: "Enabled" as const, Filter: { Prefix: "tmp/" }, Expiration: { Days: 1 } };
  const LifecycleConfiguration = { Rules: [rule] };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  await put("tmp/a");
  await put("kept");
  expect(await listed()).toEqual(["kept", "tmp/a"]);
  await expect.poll(listed, { timeout: 10_000, interval: 100 }).toEqual(["kept"]);
  await expect
    .poll(() => running.events.filter(({ kind }) => kind === "lifecycle"))
    .toMatchObject([{ bucket: testBucket, expired: 1, noncurrentDeleted: 0 }]);

  await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
  await put("tmp/b");
  await new Promise((resolve) => setTimeout(resolve, 4200));
  expect(await listed()).toEqual(["kept", "tmp/b"]);
  s3.destroy();
  await running.close();
}, 20_000);

test("a server that is stopped in the middle of a sweep stops cleanly", async () => {
  const events: ServerEvent[] = [];
  let now = new Date("2026-01-01T00:00:00Z");
  const server = await startServer({
    durability: "memory",
    identities: testIdentities(),
    storeNow: () => now,
    lifecycle: "off",
    logger: (event) => events.push(event),
  });
  const { engine } = server;
  await createBucket(engine, testBucket);
  const lifecycle = {
    Rules: [
      {
        Status: "Enabled" as const,
        Filter: {},
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ],
  };
  await engine.updateBucketSettings(testBucket, () => ({ lifecycle }));
  const upload = { bucket: testBucket, initiatorArn: "arn", headers: {}, metadata: {} } as const;
  const encryption = { algorithm: "AES256" } as const;
  const keysOfUploads = Array.from({ length: 2000 }, (_one, at) => `${at}`);
  await Promise.all(
    keysOfUploads.map(async (key) => await engine.createUpload({ ...upload, key, encryption })),
  );
  now = new Date("2026-01-03T00:00:00Z");
  const running = server.runLifecycle();
  const left = () => engine.listUploads({ bucket: testBucket, limit: 2000 }).entries.length;
  await expect.poll(left, { interval: 1 }).toBeLessThan(2000);
  await server.close();
  const [swept] = await running;
  expect(swept?.uploadsAborted).toBeLessThan(2000);
  expect(swept).not.toHaveProperty("error");
  expect(events.filter(({ kind }) => kind === "failure")).toEqual([]);
});
