import {
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startTestServer, type TestServer } from "./start-test-server.ts";

const slow = (count: number) => [{ fault: "slow-down", operations: "PutObject", count }];
const world = (more: object) => ({ version: 1, accounts: {}, ...more });

/** Two puts, as they went. */
async function puts({ endpoint, region, credentials, bucket }: TestServer): Promise<string> {
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  const put = async (Key: string): Promise<string> =>
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "x" })).then(
      () => "ok",
      (error: Error) => error.name,
    );
  const outcomes = [await put("1"), await put("2")].join();
  s3.destroy();
  return outcomes;
}

test("faults of a world strike, begin anew when it says others, and end with it", async () => {
  await using server = await startTestServer({ world: world({ faults: slow(1) }) });
  expect(await puts(server)).toBe("SlowDown,ok");
  await server.takeWorld(world({ faults: slow(1), vpcEndpoints: {} }));
  expect(await puts(server)).toBe("ok,ok");
  await server.takeWorld(world({ faults: { rules: slow(2), seed: 3 } }));
  expect(await puts(server)).toBe("SlowDown,SlowDown");
  await server.takeWorld(world({}));
  expect(await puts(server)).toBe("ok,ok");
  await server.reset();
  expect(await puts(server)).toBe("SlowDown,ok");
});

test("whether a request may ask for a fault, the world says", async () => {
  await using server = await startTestServer({ world: world({ faults: { byHeader: false } }) });
  const { credentials, endpoint, bucket } = server;
  const key = `${credentials.accessKeyId}:${credentials.secretAccessKey}`;
  const headers = { "x-sms-fault": "slow-down", "x-sms-fault-key": key };
  const status = async (): Promise<number> =>
    (await fetch(`${endpoint}/${bucket}/x`, { headers })).status;
  expect(await status()).toBe(403);
  await server.takeWorld(world({ faults: [] }));
  expect(await status()).toBe(503);
});

test("a world says which store is played, once and for all", async () => {
  const qumulo = { store: "qumulo@7.1.2", overwriteRefusal: "Exists:412" };
  await using server = await startTestServer({ world: world({ personality: qumulo }) });
  const { endpoint, region, credentials, bucket, env } = server;
  expect(env["STORAGE_BACKEND"]).toBe("qumulo");
  const s3 = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const put = new PutObjectCommand({ Bucket: bucket, Key: "a", Body: "x" });
  await s3.send(put);
  await expect(s3.send(put)).rejects.toMatchObject({ name: "Exists" });
  await server.takeWorld(world({ personality: qumulo, faults: [] }));
  for (const personality of ["aws", "qumulo", "qumulo@7.1.2"]) {
    await expect(server.takeWorld(world({ personality }))).rejects.toThrow(
      new RegExp(
        `The world says the personality ${personality}, and the server was started with ` +
          "qumulo@7\\.1\\.2 \\(Exists:412\\)\\. .*; restart it for the change\\.",
      ),
    );
  }
  await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "a" }));
  await s3.send(new ListBucketsCommand());
  s3.destroy();
});

test("what is said twice is refused, at the start and later", async () => {
  const both = (options: object, more: object) =>
    startTestServer({ world: world(more), ...options });
  await expect(both({ personality: "qumulo" }, { personality: "qumulo" })).rejects.toThrow(
    "The world and --personality both say personality.",
  );
  const refusal = { overwriteRefusal: "Exists" };
  await expect(both(refusal, { personality: "qumulo" })).rejects.toThrow(
    "The world and --overwrite-refusal both say personality.",
  );
  await expect(both({ faults: [] }, { faults: [] })).rejects.toThrow(
    "The world and the option faults both say faults.",
  );
  await using server = await startTestServer({ world: world({}), faults: [] });
  await expect(server.takeWorld(world({ faults: slow(1) }))).rejects.toThrow(/both say faults/);
});
