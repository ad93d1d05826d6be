import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { ObjectStore } from "../../core/object-store.ts";
import type { S3StoreOptions } from "../create-s3-store.ts";
import { qumuloDialect } from "../dialects/qumulo.ts";
import {
  answer,
  objectAnswer,
  startScriptedServer,
  type ScriptedServer,
  type SeenRequest,
  type Step,
} from "../testing-fixtures/scripted-server.ts";
import { openTestStore, readAll, testCredentials } from "../testing-fixtures/test-store.ts";

let server: ScriptedServer;
let store: ObjectStore;

async function open(step: Step, options: Partial<S3StoreOptions> = {}): Promise<void> {
  server = await startScriptedServer(step);
  store = openTestStore(server.endpoint, options);
}

const seen = (): SeenRequest => server.requests.at(-1) as SeenRequest;

afterEach(async () => {
  await store.close();
  await server.close();
});

const putOk = answer(200, { etag: '"e1"', "x-amz-version-id": "v1" });

describe("PutObject", () => {
  it("sends a CRC32 as a header and the body in one piece", async () => {
    await open(putOk);
    const result = await store.putObject("a/b c+d=é//..", Buffer.from("hello"), {
      contentType: "text/plain",
      metadata: { Owner: "Müller", plain: "x" },
      encryption: { kmsKeyId: "key-1" },
    });
    expect(seen().url).toBe("/bkt/a/b%20c%2Bd%3D%C3%A9//..");
    expect(seen().body.toString()).toBe("hello");
    expect(seen().headers).toMatchObject({
      "content-length": "5",
      "x-amz-checksum-crc32": "NhCmhg==",
      "x-amz-sdk-checksum-algorithm": "CRC32",
      "x-amz-content-sha256": createHash("sha256").update("hello").digest("hex"),
      "x-amz-meta-owner": Buffer.from("Müller").toString("latin1"),
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": "key-1",
    });
    expect(seen().headers).not.toHaveProperty("expect");
    expect(seen().headers).not.toHaveProperty("transfer-encoding");
    expect(seen().headers["content-encoding"]).toBeUndefined();
    // The store says nothing of the checksum, so it may not have kept it.
    expect(result).toEqual({ etag: '"e1"', versionId: "v1" });
  });

  it("reads a source twice when it is to be hashed", async () => {
    await open(putOk, { payloadSigning: "always" });
    let opened = 0;
    const source = {
      lengthBytes: 5,
      async *open() {
        opened += 1;
        yield Buffer.from("hello");
      },
    };
    await store.putObject("a", source);
    expect(opened).toBe(2);
    expect(seen().headers["x-amz-content-sha256"]).toBe(
      createHash("sha256").update("hello").digest("hex"),
    );
  });

  it.each([
    ["more", 4],
    ["only 5", 6],
  ])("refuses a source that gives %s", async (what, lengthBytes) => {
    await open(putOk);
    const source = {
      lengthBytes,
      async *open() {
        yield Buffer.from("hello");
      },
    };
    await expect(store.putObject("a", source)).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringContaining(what) as string,
    });
  });

  it("passes on what the source throws, without another attempt", async () => {
    await open(putOk);
    const source = {
      lengthBytes: 5,
      // eslint-disable-next-line require-yield -- fails before its first byte
      async *open(): AsyncGenerator<Uint8Array> {
        throw new Error("disk on fire");
      },
    };
    await expect(store.putObject("a", source)).rejects.toThrow(/disk on fire/);
    expect(server.requests).toHaveLength(0);
  });

  it("leaves out for Qumulo what Qumulo does not take", async () => {
    await open(putOk, { dialect: qumuloDialect });
    await store.putObject("a", Buffer.from("hello"));
    expect(Object.keys(seen().headers).filter((name) => name.startsWith("x-amz-"))).toEqual([
      "x-amz-content-sha256",
      "x-amz-date",
    ]);
    expect(seen().headers["x-amz-content-sha256"]).toBe("UNSIGNED-PAYLOAD");
  });

  it("refuses temporary credentials for Qumulo before any request", async () => {
    await open(putOk, {
      dialect: qumuloDialect,
      credentials: () => Promise.resolve({ ...testCredentials, sessionToken: "t" }),
    });
    await expect(store.putObject("a", Buffer.of(1))).rejects.toMatchObject({
      code: "ConfigurationError",
    });
    expect(server.requests).toHaveLength(0);
  });

  it("refuses header values that would split the request", async () => {
    await open(putOk);
    await expect(
      store.putObject("a", Buffer.of(1), { contentType: "text/plain\r\nx-evil: 1" }),
    ).rejects.toMatchObject({ code: "InvalidArgument" });
    expect(server.requests).toHaveLength(0);
  });

  it("names the expected owner in every request", async () => {
    await open(putOk, { expectedBucketOwner: "123456789012" });
    await store.putObject("a", Buffer.of(1));
    expect(seen().headers["x-amz-expected-bucket-owner"]).toBe("123456789012");
  });

  it("signs nothing without credentials", async () => {
    await open(putOk, { credentials: () => Promise.resolve(undefined) });
    await store.putObject("a", Buffer.of(1));
    expect(seen().headers).not.toHaveProperty("authorization");
  });

  it.each([
    ["", "InvalidKey"],
    ["é".repeat(513), "InvalidKey"],
    ["\ud800", "InvalidKey"],
  ])("refuses the key %j", async (key, code) => {
    await open(putOk);
    await expect(store.putObject(key, Buffer.of(1))).rejects.toMatchObject({ code });
  });
});

describe("GetObject and HeadObject", () => {
  it("read what is stored beside the bytes", async () => {
    await open(
      objectAnswer("hello", {
        "x-amz-meta-owner": "=?UTF-8?Q?M=C3=BCller?=",
        "content-disposition": Buffer.from("attachment; filename=é").toString("latin1"),
        "x-amz-checksum-crc32": "NhCmhg==",
        "x-amz-checksum-type": "FULL_OBJECT",
        "x-amz-server-side-encryption": "AES256",
        "x-amz-version-id": "v1",
      }),
    );
    const { head, body } = await store.getObject("a", { versionId: "v1" });
    expect(head).toEqual({
      key: "a",
      sizeBytes: 5,
      etag: '"e1"',
      lastModified: new Date("2026-11-23T10:00:00Z"),
      contentType: "text/plain",
      contentDisposition: "attachment; filename=é",
      metadata: { owner: "Müller" },
      versionId: "v1",
      encryption: "AES256",
      checksum: { algorithm: "CRC32", type: "FULL_OBJECT", value: "NhCmhg==" },
    });
    expect((await readAll(body)).toString()).toBe("hello");
    expect(seen().url).toBe("/bkt/a?versionId=v1");
    expect(seen().headers["x-amz-checksum-mode"]).toBe("ENABLED");
  });

  it("tell a range apart from the whole", async () => {
    await open((request, response, message) => {
      const step = answer(
        206,
        {
          etag: '"e1"',
          "last-modified": "Mon, 23 Nov 2026 10:00:00 GMT",
          "content-range": "bytes 1-3/5",
          "x-amz-checksum-crc32": "NhCmhg==",
        },
        "ell",
      );
      return step(request, response, message);
    });
    const { head, range, body } = await store.getObject("a", { range: { first: 1, last: 3 } });
    expect(head.sizeBytes).toBe(5);
    expect(range).toEqual({ first: 1, last: 3 });
    // The checksum is the whole object's, so a part is not judged by it.
    expect((await readAll(body)).toString()).toBe("ell");
    expect(seen().headers["range"]).toBe("bytes=1-3");
  });

  it.each(['"e2"', "e2"])(
    "do not take another object for %s, whatever the store does",
    async (ifMatch) => {
      await open(objectAnswer("abc"));
      const wrong = { code: "PreconditionFailed", bucket: "bkt", key: "a" };
      await expect(store.getObject("a", { ifMatch })).rejects.toMatchObject(wrong);
      await expect(store.headObject("a", { ifMatch })).rejects.toMatchObject(wrong);
      await expect(store.headObject("a", { ifMatch: `"e0", "e1"` })).resolves.toBeDefined();
      await expect(store.headObject("a", { ifMatch: "*" })).resolves.toBeDefined();
    },
  );

  it("say that nothing has changed", async () => {
    await open(answer(304, { etag: '"e1"' }));
    await expect(store.getObject("a", { ifNoneMatch: '"e1"' })).rejects.toMatchObject({
      code: "PreconditionFailed",
      status: 304,
      s3Code: "NotModified",
    });
  });

  it.each([
    [404, "There is no such object, or no such bucket."],
    [403, "Access is denied; the store does not say why."],
    [400, "The store calls the request bad and does not say why."],
  ])("have words for a bare %i", async (status, words) => {
    await open(answer(status));
    const error: unknown = await store.headObject("a").catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: `HeadObject of a in bkt: HTTP ${status}: ${words}` });
  });

  it("explain a 403 on a key, which may mean that it is missing", async () => {
    await open(answer(403));
    const error: unknown = await store.headObject("a").catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "PermissionDenied",
      remedy: expect.stringMatching(
        /does not exist, or the caller may not read it.*s3:ListBucket/,
      ) as string,
    });
  });
});

describe("DeleteObjects", () => {
  it("protects its body and reports per key", async () => {
    await open(
      answer(
        200,
        {},
        "<DeleteResult><Deleted><Key>a&amp;b</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>m1</DeleteMarkerVersionId></Deleted>" +
          "<Error><Key>c</Key><Code>AccessDenied</Code><Message>No.</Message></Error></DeleteResult>",
      ),
    );
    const result = await store.deleteObjects([{ key: "a&b" }, { key: "c", versionId: "v1" }]);
    expect(result).toEqual({
      deleted: [{ key: "a&b", versionId: "m1", deleteMarker: true }],
      errors: [{ key: "c", code: "AccessDenied", message: "No." }],
    });
    const { url, headers, body } = seen();
    expect(url).toBe("/bkt/?delete=");
    expect(headers["content-md5"]).toBe(createHash("md5").update(body).digest("base64"));
    expect(headers).toHaveProperty("x-amz-checksum-crc32");
    expect(body.toString()).toContain("<Object><Key>a&amp;b</Key></Object>");
    expect(body.toString()).toContain("<Key>c</Key><VersionId>v1</VersionId>");
  });

  it("sends Qumulo an MD5 only", async () => {
    await open(answer(200, {}, "<DeleteResult/>"), { dialect: qumuloDialect });
    await store.deleteObjects([{ key: "a" }]);
    expect(seen().headers).toHaveProperty("content-md5");
    expect(seen().headers).not.toHaveProperty("x-amz-checksum-crc32");
  });
});

describe("CopyObject", () => {
  it("encodes its source, and only the key's own question mark", async () => {
    await open(answer(200, {}, "<CopyObjectResult><ETag>&quot;c&quot;</ETag></CopyObjectResult>"));
    const copied = await store.copyObject({ key: "a b+c?versionId=x/é", versionId: "v 1" }, "t", {
      metadataDirective: "REPLACE",
    });
    expect(copied).toEqual({ etag: '"c"' });
    expect(seen().headers["x-amz-copy-source"]).toBe(
      "bkt/a%20b%2Bc%3FversionId%3Dx/%C3%A9?versionId=v%201",
    );
    expect(seen().headers["x-amz-metadata-directive"]).toBe("REPLACE");
    expect(seen().headers).not.toHaveProperty("content-md5");
  });

  it("says what S3 takes over into no copy, and of a lock the MD5 of no bytes", async () => {
    await open(answer(200, {}, "<CopyObjectResult><ETag>&quot;c&quot;</ETag></CopyObjectResult>"));
    await store.copyObject({ key: "k" }, "k", {
      websiteRedirect: "/new",
      lockMode: "GOVERNANCE",
      lockedUntil: "2099-01-01T00:00:00Z",
      legalHold: "ON",
      grants: { read: 'id="you"' },
    });
    expect(seen().headers).toMatchObject({
      "x-amz-website-redirect-location": "/new",
      "x-amz-object-lock-mode": "GOVERNANCE",
      "x-amz-object-lock-retain-until-date": "2099-01-01T00:00:00Z",
      "x-amz-object-lock-legal-hold": "ON",
      "x-amz-grant-read": 'id="you"',
      "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==",
    });
  });
});

describe("multipart", () => {
  it("announces the checksum of its parts and combines theirs at the end", async () => {
    await open((request, response, message) => {
      if (request.method === "PUT") return putOk(request, response, message);
      const xml = request.url.endsWith("uploads=")
        ? "<InitiateMultipartUploadResult><UploadId>u&amp;1</UploadId></InitiateMultipartUploadResult>"
        : "<CompleteMultipartUploadResult><ETag>&quot;m-2&quot;</ETag></CompleteMultipartUploadResult>";
      return answer(200, {}, xml)(request, response, message);
    });
    const uploadId = await store.createMultipartUpload("k", { checksumType: "FULL_OBJECT" });
    expect(uploadId).toBe("u&1");
    expect(seen().headers).toMatchObject({
      "x-amz-checksum-algorithm": "CRC32",
      "x-amz-checksum-type": "FULL_OBJECT",
    });
    const upload = { key: "k", uploadId };
    const second = await store.uploadPart({ ...upload, partNumber: 2 }, Buffer.from("llo"));
    const first = await store.uploadPart({ ...upload, partNumber: 1 }, Buffer.from("he"));
    expect(seen().url).toBe("/bkt/k?partNumber=1&uploadId=u%261");
    const done = await store.completeMultipartUpload(upload, [second, first], {
      checksumType: "FULL_OBJECT",
    });
    // CRC32 of "hello", out of those of "he" and "llo".
    expect(seen().headers["x-amz-checksum-crc32"]).toBe("NhCmhg==");
    expect(seen().body.toString()).toMatch(/<PartNumber>1<.*<PartNumber>2</s);
    expect(done).toEqual({ etag: '"m-2"' });
  });
});

describe("presign", () => {
  const now = new Date("2026-11-23T10:00:00Z");

  it("ends with the credentials when they end first", async () => {
    const expiration = new Date("2026-11-23T10:30:00Z");
    await open(putOk, {
      now: () => now,
      credentials: () => Promise.resolve({ ...testCredentials, expiration }),
    });
    const link = await store.presign({ method: "GET", key: "a b" });
    expect(link).toMatchObject({ expiresAt: expiration, limitedBy: "credentials" });
    expect(link.url).toContain(`${server.endpoint}/bkt/a%20b?`);
    expect(link.url).toContain("X-Amz-Expires=3600");
    expect(server.requests).toHaveLength(0);
  });

  it("ends when asked for otherwise", async () => {
    await open(putOk, { now: () => now });
    const link = await store.presign({ method: "PUT", key: "a", expiresInSeconds: 60 });
    expect(link).toMatchObject({
      expiresAt: new Date("2026-11-23T10:01:00Z"),
      limitedBy: "requested",
    });
  });

  it.each([0, 604_801, 1.5])("refuses %d seconds", async (expiresInSeconds) => {
    await open(putOk);
    await expect(
      store.presign({ method: "GET", key: "a", expiresInSeconds }),
    ).rejects.toMatchObject({ code: "InvalidArgument" });
  });
});
