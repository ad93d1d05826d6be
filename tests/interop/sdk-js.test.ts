import { createHash, randomBytes } from "node:crypto";
import { lookup } from "node:dns";
import { Agent } from "node:http";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  paginateListObjectsV2,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oddKeys } from "./odd-keys.ts";
import { OwnServer } from "./own-server.ts";
import { outputOf } from "./run-command.ts";
import { accountId, ssoRoleName, ssoSessionName } from "./test-identities.ts";

const mib = 1024 * 1024;

describe("the AWS SDK for JavaScript", () => {
  let server: OwnServer;
  let s3: S3Client;
  const Bucket = "sdk-js";

  function client(options: Partial<S3ClientConfig> = {}): S3Client {
    return new S3Client({
      endpoint: server.endpoint,
      region: server.region,
      credentials: server.identities.admin,
      forcePathStyle: true,
      maxAttempts: 1,
      ...options,
    });
  }
  const read = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  beforeAll(async () => {
    server = await OwnServer.start();
    s3 = client();
    await s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(async () => {
    s3?.destroy();
    await server?.[Symbol.asyncDispose]();
  });

  it("puts, gets, heads and deletes, with metadata", async () => {
    const Body = randomBytes(300_000);
    const put = await s3.send(
      new PutObjectCommand({ Bucket, Key: "k", Body, Metadata: { a: "1" }, ContentType: "x/y" }),
    );
    expect(put.ETag).toBe(`"${createHash("md5").update(Body).digest("hex")}"`);
    expect(put.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==$/);
    expect((await read("k")).equals(Body)).toBe(true);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect(head).toMatchObject({
      ContentLength: Body.length,
      Metadata: { a: "1" },
      ContentType: "x/y",
      ServerSideEncryption: "AES256",
    });
    const attributes = await s3.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: "k",
        ObjectAttributes: ["Checksum", "ObjectSize"],
      }),
    );
    expect(attributes).toMatchObject({
      ObjectSize: Body.length,
      Checksum: { ChecksumCRC32: put.ChecksumCRC32, ChecksumType: "FULL_OBJECT" },
    });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await expect(read("k")).rejects.toMatchObject({
      name: "NoSuchKey",
      $metadata: { httpStatusCode: 404, requestId: expect.stringMatching(/./) as string },
    });
  });

  it("sends streams in chunks with a checksum after them", async () => {
    const bytes = randomBytes(1_000_000);
    const put = (sender: S3Client) => {
      const Body = Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]);
      const ContentLength = bytes.length;
      return sender.send(new PutObjectCommand({ Bucket, Key: "stream", Body, ContentLength }));
    };
    // As on AWS, which is why the SDK can gather small pieces.
    await expect(put(s3)).rejects.toMatchObject({ name: "InvalidChunkSizeError" });
    await expect(read("stream")).rejects.toMatchObject({ name: "NoSuchKey" });
    await put(client({ requestStreamBufferSize: 65_536 }));
    expect((await read("stream")).equals(bytes)).toBe(true);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "stream" }));
    expect(head.ContentEncoding).toBeUndefined();
  });

  it.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
    "computes %s and checks it on the way back",
    async (ChecksumAlgorithm) => {
      const Key = `checksum ${ChecksumAlgorithm}`;
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: "checked", ChecksumAlgorithm }));
      const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
      expect(got[`Checksum${ChecksumAlgorithm}`]).toMatch(/=$/);
      expect(await got.Body?.transformToString()).toBe("checked");
    },
  );

  it("uploads 64 MiB of a stream in parts", async () => {
    const bytes = randomBytes(64 * mib);
    const upload = new Upload({
      client: s3,
      params: { Bucket, Key: "large", Body: Readable.from(chunked(bytes, 100_000)) },
      partSize: 8 * mib,
      queueSize: 4,
    });
    const done = await upload.done();
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-8"$/);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
    const sha256 = createHash("sha256");
    for await (const chunk of got.Body as Readable) sha256.update(chunk as Buffer);
    expect(sha256.digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("keeps odd keys exactly", async () => {
    const bucket = "sdk-js-odd-keys";
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const Key of oddKeys) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }));
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      expect(await Body?.transformToString()).toBe(Key);
    }
    const listed: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2(
      { client: s3, pageSize: 7 },
      { Bucket: bucket },
    )) {
      listed.push(...(page.Contents ?? []).map((item) => item.Key));
    }
    const inOrder = oddKeys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(listed).toEqual(inOrder);
    const deleted = await s3.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: oddKeys.map((Key) => ({ Key })) },
      }),
    );
    expect(deleted.Errors).toBeUndefined();
    expect(deleted.Deleted).toHaveLength(oddKeys.length);
  });

  it("copies, with odd keys too", async () => {
    const Key = "from ü+ %/here";
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: "copied" }));
    const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
    const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource }));
    expect(copied.CopyObjectResult?.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect((await read("to")).toString()).toBe("copied");
  });

  it("presigns reads and writes for curl", async () => {
    const Key = "presigned ü+ %/x";
    // By default the SDK would sign the checksum of an empty body into the link.
    const signer = client({ requestChecksumCalculation: "WHEN_REQUIRED" });
    const write = new PutObjectCommand({ Bucket, Key });
    const put = await getSignedUrl(signer, write, { expiresIn: 60 });
    await outputOf("/usr/bin/curl", ["-sf", "-X", "PUT", "--data-binary", "by url", put]);
    const get = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: 60 });
    expect(await outputOf("/usr/bin/curl", ["-sf", get])).toBe("by url");
  });

  it("deletes a version", async () => {
    const bucket = "sdk-js-versions";
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const status = { VersioningConfiguration: { Status: "Enabled" as const } };
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, ...status }));
    const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key: "k", Body }));
    await put("old");
    const { VersionId } = await put("new");
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "k", VersionId }));
    const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "k" }));
    expect(await got.Body?.transformToString()).toBe("old");
  });

  it("writes under conditions", async () => {
    const object = { Bucket, Key: "once" };
    const put = (Body: string, conditions: { IfMatch?: string; IfNoneMatch?: string }) =>
      s3.send(new PutObjectCommand({ ...object, Body, ...conditions }));
    const { ETag = "" } = await put("1", { IfNoneMatch: "*" });
    await expect(put("2", { IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    await put("3", { IfMatch: ETag });
    expect((await read("once")).toString()).toBe("3");
  });

  it("reaches buckets by host name, its default", async () => {
    // No resolver is asked: names under localhost need not resolve everywhere.
    const agent = new Agent({
      lookup: (_name, options, callback) => lookup("127.0.0.1", options, callback),
    });
    const virtual = client({
      endpoint: `http://localhost:${server.port}`,
      forcePathStyle: false,
      requestHandler: { httpAgent: agent },
    });
    const url = await getSignedUrl(virtual, new GetObjectCommand({ Bucket, Key: "v h/o st" }));
    expect(new URL(url).hostname).toBe(`${Bucket}.localhost`);
    await virtual.send(new PutObjectCommand({ Bucket, Key: "v h/o st", Body: "by host" }));
    const got = await virtual.send(new GetObjectCommand({ Bucket, Key: "v h/o st" }));
    expect(await text(got.Body as Readable)).toBe("by host");
    expect((await read("v h/o st")).toString()).toBe("by host");
    virtual.destroy();
  });

  it("corrects its clock by the server's answer", async () => {
    const late = client({ systemClockOffset: -3_600_000 });
    const list = () => late.send(new ListBucketsCommand({}));
    await expect(list()).rejects.toMatchObject({
      name: "RequestTimeTooSkewed",
      $metadata: { httpStatusCode: 403 },
    });
    expect((await list()).Buckets?.map((bucket) => bucket.Name)).toContain(Bucket);
    late.destroy();
  });

  it("shows S3's error codes as its own error names", async () => {
    const missing = client().send(
      new GetObjectCommand({ Bucket: "no-such-bucket-here", Key: "k" }),
    );
    await expect(missing).rejects.toBeInstanceOf(S3ServiceException);
    await expect(missing).rejects.toMatchObject({ name: "NoSuchBucket" });
  });

  it("works as an SSO session and learns who it is", async () => {
    const credentials = server.identities.session;
    const sts = new STSClient({ endpoint: server.endpoint, region: server.region, credentials });
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: accountId,
      Arn: `arn:aws:sts::${accountId}:assumed-role/${ssoRoleName}/${ssoSessionName}`,
    });
    const session = client({ credentials });
    await session.send(new PutObjectCommand({ Bucket, Key: "by session", Body: "yes" }));
    const got = await session.send(new GetObjectCommand({ Bucket, Key: "by session" }));
    expect((await buffer(got.Body as Readable)).toString()).toBe("yes");
    session.destroy();
  });
});

function* chunked(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
