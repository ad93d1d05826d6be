import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  PutObjectTaggingCommand,
  GetObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mib } from "../core/limits.ts";
import { keys, noise, TestServer } from "./testing-fixtures/test-server.ts";

/** AWS's own client, which shares no code with this package. */
let server: TestServer;
let s3: S3Client;
const Bucket = "sdk";

beforeAll(async () => {
  server = await TestServer.start();
  s3 = client(keys.session);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  s3.destroy();
  await server.close();
});

function client(credentials: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}): S3Client {
  return new S3Client({
    endpoint: server.server.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
  });
}

function head(Key: string): Promise<HeadObjectCommandOutput> {
  return s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
}

describe("objects", () => {
  test.each(["a/../b", "a//b", "/lead", "trail/", "ž 😀+%&?#", "..", "a'b(c)*!~"])(
    "key %j goes up, comes back and goes",
    async (Key) => {
      const Body = noise(100);
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata: { Case: "kept" } }));
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(
        true,
      );
      expect(answer.Metadata).toEqual({ case: "kept" });
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      await expect(head(Key)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
    },
  );

  test("a stream of known length, with its checksum in a trailer", async () => {
    const bytes = noise(300_000);
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "stream",
        Body: Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]),
        ContentLength: bytes.length,
        ChecksumAlgorithm: "CRC32C",
      }),
    );
    const told = await head("stream");
    expect(told).toMatchObject({ ContentLength: 300_000, ChecksumType: "FULL_OBJECT" });
    expect(told.ChecksumCRC32C).toMatch(/^.{8}$/);
    expect(told.ContentEncoding).toBeUndefined();
    const read = await s3.send(new GetObjectCommand({ Bucket, Key: "stream" }));
    expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });

  test.each(["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"] as const)(
    "%s, computed by the client where it can, is kept",
    async (ChecksumAlgorithm) => {
      const crc64 = ChecksumAlgorithm === "CRC64NVME";
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: "sum",
          Body: "123456789",
          // The SDK needs a further package to compute this one.
          ...(crc64 ? { ChecksumCRC64NVME: "rosUhgp5mIg=" } : { ChecksumAlgorithm }),
        }),
      );
      expect((await head("sum"))[`Checksum${ChecksumAlgorithm}`]).toBeTypeOf("string");
    },
  );

  test("copy, tags and attributes", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "from", Body: "x", ContentType: "text/x" }));
    const CopySource = `${Bucket}/from`;
    const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource }));
    expect(copied.CopyObjectResult?.ETag).toBe('"9dd4e461268c8034f5c8564e155c67a6"');
    expect((await head("to")).ContentType).toBe("text/x");
    const TagSet = [{ Key: "k", Value: "v" }];
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "to", Tagging: { TagSet } }));
    const tags = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "to" }));
    expect(tags.TagSet).toEqual(TagSet);
    const attributes = await s3.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: "to",
        ObjectAttributes: ["ETag", "ObjectSize", "StorageClass", "Checksum"],
      }),
    );
    expect(attributes).toMatchObject({
      ETag: "9dd4e461268c8034f5c8564e155c67a6",
      ObjectSize: 1,
      StorageClass: "STANDARD",
      Checksum: { ChecksumType: "FULL_OBJECT" },
    });
  });

  test("a failed condition is the SDK's own error", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "once", Body: "1" }));
    const again = new PutObjectCommand({ Bucket, Key: "once", Body: "2", IfNoneMatch: "*" });
    await expect(s3.send(again)).rejects.toMatchObject({ name: "PreconditionFailed" });
  });
});

test.each([undefined, "CRC32", "SHA256"] as const)(
  "an upload in parts with checksum %s",
  async (ChecksumAlgorithm) => {
    const address = { Bucket, Key: "parts" };
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({
        ...address,
        ...(ChecksumAlgorithm && { ChecksumAlgorithm }),
      }),
    );
    const bodies = [noise(5 * mib), noise(10)];
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const { $metadata: _metadata, ...part } = await s3.send(
        new UploadPartCommand({
          ...address,
          UploadId,
          PartNumber,
          Body,
          ...(ChecksumAlgorithm && { ChecksumAlgorithm }),
        }),
      );
      // The SDK sends a checksum with every part; AWS takes none at the end that the start did not name.
      const told = ChecksumAlgorithm === undefined ? { ETag: part.ETag } : part;
      Parts.push({ ...told, PartNumber });
    }
    const done = await s3.send(
      new CompleteMultipartUploadCommand({ ...address, UploadId, MultipartUpload: { Parts } }),
    );
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(done.ChecksumType).toBe(ChecksumAlgorithm === undefined ? "FULL_OBJECT" : "COMPOSITE");
    const read = await s3.send(new GetObjectCommand(address));
    const bytes = Buffer.from((await read.Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(Buffer.concat(bodies))).toBe(true);
  },
);

test("STS on the same endpoint", async () => {
  const sts = new STSClient({
    endpoint: server.server.endpoint,
    region: "us-east-1",
    credentials: keys.session,
  });
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: "111122223333",
    Arn: "arn:aws:sts::111122223333:assumed-role/Developer/ada",
  });
  sts.destroy();
});
