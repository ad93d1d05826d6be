import { PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startTestServer, type TestServer } from "./start-test-server.ts";

const large = Buffer.alloc(300_000, "large");
const keysOf = async ({ service }: TestServer) =>
  (await service.getListing("")).map(({ Key }) => Key);

test("a store comes back as it was, objects of files and open uploads too", async () => {
  await using server = await startTestServer();
  const { service } = server;
  const store = server.store();
  await service.uploadBytes("one", "small");
  await service.uploadBytes(large, "large");
  const uploadId = await store.createMultipartUpload("open");
  const before = await service.stat("small");
  const snapshot = server.snapshot();

  await service.uploadBytes("two", "small");
  await service.deleteFile("large");
  await service.uploadBytes(Buffer.alloc(300_000, "new"), "new");
  await store.abortMultipartUpload({ key: "open", uploadId });
  await server.createBucket("second");
  expect(await keysOf(server)).toEqual(["new", "small"]);

  for (let round = 0; round < 3; round += 1) {
    await server.restore(snapshot);
    expect(await keysOf(server)).toEqual(["large", "small"]);
    expect(await service.stat("small")).toEqual(before);
    expect(large.equals((await service.getFileContents("large")) ?? Buffer.alloc(0))).toBe(true);
    expect((await store.listMultipartUploads({ prefix: "" })).uploads).toHaveLength(1);
    await expect(server.store("second").headObject("x")).rejects.toMatchObject({ status: 404 });
    await service.deleteFile("large");
    await service.uploadBytes("again", "large");
  }
});

test("reset brings back the start, with settings and faults", async () => {
  await using server = await startTestServer({ faults: [{ fault: "latency", ms: 0 }] });
  const { endpoint, region, credentials, bucket: Bucket } = server;
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  await server.service.uploadBytes("1", "a");
  const Statement = [
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${Bucket}/*`,
    },
  ];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  await expect(server.service.getFileContents("a")).rejects.toMatchObject({
    code: "PermissionDenied",
  });
  server.faults.set([]);
  await server.reset();
  expect(await keysOf(server)).toEqual([]);
  await server.service.uploadBytes("2", "a");
  expect(String(await server.service.getFileContents("a"))).toBe("2");
  expect(server.faults.counts()).toMatchObject([{ fault: "latency" }]);
  s3.destroy();
});

test("snapshots lie within each other, and files that nobody has any more go", async () => {
  await using server = await startTestServer();
  const { service } = server;
  const empty = server.snapshot();
  await service.uploadBytes(large, "a");
  const full = server.snapshot();
  await server.restore(empty);
  expect(await keysOf(server)).toEqual([]);
  await server.restore(full);
  expect(large.equals((await service.getFileContents("a")) ?? Buffer.alloc(0))).toBe(true);
  await server.restore(empty);
  await service.uploadBytes(large, "b");
  await server.restore(full);
  expect(await keysOf(server)).toEqual(["a"]);
});

test("what is no snapshot of this server is refused", async () => {
  await using server = await startTestServer();
  await using other = await startTestServer();
  await expect(server.restore(other.snapshot())).rejects.toMatchObject({
    code: "InvalidArgument",
    message: "The snapshot is of another server.",
  });
  const own = server.snapshot();
  const older = { ...own, store: { ...own.store, format: 1 } };
  await expect(server.restore(older)).rejects.toMatchObject({
    code: "InvalidArgument",
    message: expect.stringContaining("of another version: its rows have format 1"),
  });
  await expect(server.restore({} as never)).rejects.toMatchObject({
    message: "restore: the snapshot must be what `snapshot()` gave, not an Object.",
  });
});

test("many servers live beside each other in one process", async () => {
  const servers = await Promise.all(Array.from({ length: 12 }, () => startTestServer()));
  await Promise.all(servers.map((server, n) => server.service.uploadBytes(String(n), "k")));
  const contents = await Promise.all(servers.map(({ service }) => service.getFileContents("k")));
  expect(contents.map(String)).toEqual(servers.map((_, n) => String(n)));
  await Promise.all(servers.map((server) => server.close()));
});
