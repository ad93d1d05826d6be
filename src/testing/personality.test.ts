import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { createDigest } from "../client/create-digest.ts";
import { createFileService } from "../files/create-file-service.ts";
import { openStorage } from "../open/open-storage.ts";
import { resolveSettings } from "../settings/resolve-settings.ts";
import { startTestServer, type TestServer } from "./start-test-server.ts";

const refusals = ["AccessDenied:403", "MethodNotAllowed:405", "Conflict:409", "Exists:412"];

test.each(refusals)("files are replaced where the store refuses with %s", async (refusal) => {
  await using server = await startTestServer({ personality: "qumulo", overwriteRefusal: refusal });
  const { service } = server;
  await service.uploadBytes("old", "runs/1/out.tsv");
  await service.uploadBytes("staged", "runs/1/out.tsv");
  expect(String(await service.getFileContents("runs/1/out.tsv"))).toBe("staged");
  await service.uploadBytes("first deleted", "runs/1/out.tsv", { replace: "delete-first" });
  expect(String(await service.getFileContents("runs/1/out.tsv"))).toBe("first deleted");
  const direct = service.uploadBytes("direct", "runs/1/out.tsv", { replace: "direct" });
  await expect(direct).rejects.toMatchObject({ outcome: "not-applied" });
  await expect(
    service.uploadBytes("x", "runs/1/out.tsv", { ifAbsent: true }),
  ).rejects.toMatchObject({ code: "AlreadyExists" });
  expect(await service.getListing("runs")).toHaveLength(1);
});

test("the settings that it gives lead the library to it as to Qumulo", async () => {
  await using server = await startTestServer({ personality: "qumulo@7.1.2", bucket: "sims" });
  const { settings, problems } = resolveSettings({ flags: {}, environment: server.env });
  expect(problems).toEqual([]);
  await using storage = await openStorage(settings);
  await storage.uploadBytes("1", "a/b");
  await storage.uploadBytes("2", "a/b");
  expect((await storage.getListing("a")).map(({ Key }) => Key)).toEqual(["a/b"]);
});

function sdkOf({ endpoint, credentials }: TestServer, region = "us-east-1"): S3Client {
  const requestChecksumCalculation = "WHEN_REQUIRED";
  const responseChecksumValidation = "WHEN_REQUIRED";
  return new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation,
    responseChecksumValidation,
  });
}

test("HEAD, DELETE, PUT, as SMS API replaces, works with AWS's SDK", async () => {
  await using server = await startTestServer({ personality: "qumulo" });
  const s3 = sdkOf(server);
  const address = { Bucket: server.bucket, Key: "experiments/7/summary.json" };
  await s3.send(new PutObjectCommand({ ...address, Body: "one" }));
  await expect(s3.send(new PutObjectCommand({ ...address, Body: "two" }))).rejects.toMatchObject({
    name: "AccessDenied",
  });
  await s3.send(new HeadObjectCommand(address));
  await s3.send(new DeleteObjectCommand(address));
  await expect(s3.send(new HeadObjectCommand(address))).rejects.toMatchObject({ name: "NotFound" });
  const put = await s3.send(new PutObjectCommand({ ...address, Body: "two" }));
  expect(put.ETag).toMatch(/^"-/);
  const CopySource = `${server.bucket}/${address.Key}`;
  await s3.send(new CopyObjectCommand({ ...address, Key: "copy", CopySource }));
  s3.destroy();
});

test("a wrong wish is told before anything is started", async () => {
  await expect(startTestServer({ personality: "isilon" })).rejects.toMatchObject({
    code: "ConfigurationError",
    message: "There is no personality isilon.",
  });
});

test("one service serves both personalities' servers side by side", async () => {
  await using aws = await startTestServer();
  await using qumulo = await startTestServer({ personality: "qumulo" });
  const own = createFileService(aws.store(), { createDigest });
  await own.uploadBytes("1", "k");
  await own.uploadBytes("2", "k");
  await qumulo.service.uploadBytes("3", "k");
  expect(String(await own.getFileContents("k"))).toBe("2");
  expect(String(await qumulo.service.getFileContents("k"))).toBe("3");
  await own.close();
});
