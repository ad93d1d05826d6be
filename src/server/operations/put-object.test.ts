import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noise, TestServer, type WireResponse } from "../testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  for (const path of ["/plain", "/versioned"]) await server.send({ method: "PUT", path });
  await server.server.engine.updateBucketSettings("versioned", (settings) => ({
    ...settings,
    versioning: "Enabled",
  }));
});
afterAll(() => server.close());

function put(
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<WireResponse> {
  return server.send({ method: "PUT", path, body, headers });
}

function get(path: string, query = ""): Promise<WireResponse> {
  return server.send({ path, query, headers: { "x-amz-checksum-mode": "ENABLED" } });
}

/** Bytes of UTF-8 as node wants them in a header. */
function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

describe("what is put comes back", () => {
  test.each([0, 1, 16 * 1024, 16 * 1024 + 1, 300_000])("%d bytes", async (sizeBytes) => {
    const body = noise(sizeBytes);
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    const answer = await put(`/plain/size-${sizeBytes}`, body);
    expect(answer).toMatchObject({ status: 200, headers: { etag, "content-length": "0" } });
    const read = await get(`/plain/size-${sizeBytes}`);
    expect(read).toMatchObject({
      status: 200,
      headers: {
        etag,
        "content-length": String(sizeBytes),
        "content-type": "binary/octet-stream",
        "accept-ranges": "bytes",
        "x-amz-server-side-encryption": "AES256",
      },
    });
    expect(read.body.equals(body)).toBe(true);
  });

  test.each([
    "/plain/a/../c",
    "/plain//double",
    "/plain/./dot/",
    "/plain/%2e%2e/escaped",
    "/plain/a%20b%2Bc",
    "/plain/%C5%BEluna%F0%9F%98%80",
    "/plain/100%25",
    "/plain/new%0Aline",
  ])("the key of %s is kept apart", async (path) => {
    expect((await put(path, path)).status).toBe(200);
    expect((await get(path)).text).toBe(path);
  });

  test("headers and metadata, decoded and encoded as S3 does", async () => {
    await put("/plain/headers", "x", {
      "content-type": "text/plain; charset=utf-8",
      "content-encoding": "aws-chunked,gzip",
      "cache-control": "no-cache",
      "content-disposition": utf8('attachment; filename="ž.txt"'),
      "content-language": "cs",
      expires: "Wed, 21 Oct 2026 07:28:00 GMT",
      "x-amz-meta-plain": "Ascii Value",
      "x-amz-meta-czech": utf8("žluťoučký"),
      "x-amz-storage-class": "STANDARD_IA",
      "x-amz-tagging": "a=1&b=2",
      "x-amz-website-redirect-location": "/elsewhere",
    });
    const { headers } = await get("/plain/headers");
    expect(headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "content-encoding": "gzip",
      "cache-control": "no-cache",
      "content-disposition": utf8('attachment; filename="ž.txt"'),
      "content-language": "cs",
      expires: "Wed, 21 Oct 2026 07:28:00 GMT",
      "x-amz-meta-plain": "Ascii Value",
      "x-amz-meta-czech": `=?UTF-8?B?${Buffer.from("žluťoučký").toString("base64")}?=`,
      "x-amz-storage-class": "STANDARD_IA",
      "x-amz-tagging-count": "2",
      "x-amz-website-redirect-location": "/elsewhere",
    });
  });
});

describe("checksums", () => {
  test("without one CRC64NVME is computed, told and kept", async () => {
    const answer = await put("/plain/default", "123456789");
    // The check value of CRC-64/NVME, of the CRC catalogue.
    const value = Buffer.from("ae8b14860a799888", "hex").toString("base64");
    expect(answer.headers).toMatchObject({
      "x-amz-checksum-crc64nvme": value,
      "x-amz-checksum-type": "FULL_OBJECT",
    });
    expect((await get("/plain/default")).headers["x-amz-checksum-crc64nvme"]).toBe(value);
    const silent = await server.send({ path: "/plain/default" });
    expect(silent.headers["x-amz-checksum-crc64nvme"]).toBeUndefined();
  });

  test("a right one is kept, a wrong one leaves the old object alone", async () => {
    const right = Buffer.from("cbf43926", "hex").toString("base64");
    const answer = await put("/plain/crc32", "123456789", { "x-amz-checksum-crc32": right });
    expect(answer.headers["x-amz-checksum-crc32"]).toBe(right);
    const wrong = await put("/plain/crc32", "12345678X", { "x-amz-checksum-crc32": right });
    expect(wrong).toMatchObject({ status: 400, code: "BadDigest" });
    expect(wrong.text).toContain("The CRC32 you specified did not match the calculated checksum.");
    const kept = await get("/plain/crc32");
    expect(kept.text).toBe("123456789");
    expect(kept.headers["x-amz-checksum-crc32"]).toBe(right);
    expect(kept.headers["x-amz-checksum-crc64nvme"]).toBeUndefined();
  });

  test("Content-MD5: malformed, wrong with both digests, right", async () => {
    const malformed = await put("/plain/md5", "x", { "content-md5": "rubbish" });
    expect(malformed).toMatchObject({ status: 400, code: "InvalidDigest" });
    const md5 = createHash("md5").update("y").digest();
    const wrong = await put("/plain/md5", "x", { "content-md5": md5.toString("base64") });
    expect(wrong).toMatchObject({ status: 400, code: "BadDigest" });
    expect(wrong.text).toContain(`<ExpectedDigest>${md5.toString("hex")}</ExpectedDigest>`);
    const calculated = createHash("md5").update("x").digest("base64");
    expect(wrong.text).toContain(`<CalculatedDigest>${calculated}</CalculatedDigest>`);
    expect((await get("/plain/md5")).status).toBe(404);
    const right = await put("/plain/md5", "y", { "content-md5": md5.toString("base64") });
    expect(right.status).toBe(200);
  });
});

describe("conditions", () => {
  test("If-None-Match: * makes only what is not there", async () => {
    const create = { "if-none-match": "*" };
    expect((await put("/plain/once", "first", create)).status).toBe(200);
    const second = await put("/plain/once", "second", create);
    expect(second).toMatchObject({ status: 412, code: "PreconditionFailed" });
    expect(second.text).toContain("<Condition>If-None-Match</Condition>");
    expect((await get("/plain/once")).text).toBe("first");
  });

  test("If-Match replaces only what is known", async () => {
    const missing = await put("/plain/known", "x", { "if-match": '"abc"' });
    expect(missing).toMatchObject({ status: 404, code: "NoSuchKey" });
    const etag = (await put("/plain/known", "1")).headers["etag"] ?? "";
    expect(await put("/plain/known", "2", { "if-match": '"abc"' })).toMatchObject({
      status: 412,
      code: "PreconditionFailed",
    });
    expect((await put("/plain/known", "2", { "if-match": etag })).status).toBe(200);
  });

  test.each([
    [{ "if-none-match": '"abc"' }, "If-None-Match"],
    [{ "if-match": "*" }, "If-Match"],
    [{ "if-match": '"abc"', "if-none-match": "*" }, "If-Match,If-None-Match"],
  ])("%j is 501", async (headers, name) => {
    const answer = await put("/plain/conditions", "x", headers);
    expect(answer).toMatchObject({ status: 501, code: "NotImplemented" });
    expect(answer.text).toContain(`<Header>${name}</Header>`);
  });
});

async function follow(
  condition: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<WireResponse> {
  const wire = { method: "PUT", path: "/plain/linked", query: condition };
  const query = server.presign(wire);
  return server.send({ ...wire, query, body, headers, credentials: null });
}

test("the conditions of a link count, and its holder cannot change them", async () => {
  expect((await follow("If-None-Match=%2A", "first")).status).toBe(200);
  expect(await follow("If-None-Match=%2A", "second")).toMatchObject({ status: 412 });
  const other = "00000000000000000000000000000000";
  expect(await follow(`If-Match=${other}`, "third")).toMatchObject({ status: 412 });
  const own = createHash("md5").update("first").digest("hex");
  const changed = await follow(`If-Match=${other}`, "fourth", { "if-match": own });
  expect(changed).toMatchObject({ status: 400, code: "InvalidArgument" });
  expect((await server.send({ path: "/plain/linked" })).text).toBe("first");
  expect((await follow(`If-Match=${own}`, "fifth")).status).toBe(200);
  expect((await server.send({ path: "/plain/linked" })).text).toBe("fifth");
});

describe("refusals", () => {
  test.each<[string, Record<string, string>, number, string]>([
    ["a public ACL", { "x-amz-acl": "public-read" }, 400, "AccessControlListNotSupported"],
    ["grants", { "x-amz-grant-read": "id=x" }, 400, "AccessControlListNotSupported"],
    ["metadata over 2 KiB", { "x-amz-meta-a": "x".repeat(2048) }, 400, "MetadataTooLarge"],
    ["an unknown storage class", { "x-amz-storage-class": "COLD" }, 400, "InvalidStorageClass"],
    [
      "a redirect that is neither here nor at an address",
      { "x-amz-website-redirect-location": "elsewhere" },
      400,
      "InvalidRedirectLocation",
    ],
    [
      "a redirect of more than 2 KiB",
      { "x-amz-website-redirect-location": `/${"a".repeat(2048)}` },
      400,
      "InvalidRedirectLocation",
    ],
    ["unknown encryption", { "x-amz-server-side-encryption": "AES128" }, 400, "InvalidArgument"],
    ["a doubled tag", { "x-amz-tagging": "a=1&a=2" }, 400, "InvalidArgument"],
    ["object lock", { "x-amz-object-lock-mode": "GOVERNANCE" }, 400, "InvalidRequest"],
    ["appending", { "x-amz-write-offset-bytes": "1" }, 501, "NotImplemented"],
    [
      "a customer's key",
      { "x-amz-server-side-encryption-customer-algorithm": "AES256" },
      403,
      "AccessDenied",
    ],
    [
      "a KMS key without KMS",
      {
        "x-amz-server-side-encryption": "AES256",
        "x-amz-server-side-encryption-aws-kms-key-id": "k",
      },
      400,
      "InvalidArgument",
    ],
    ["another owner", { "x-amz-expected-bucket-owner": "999999999999" }, 403, "AccessDenied"],
    [
      "an owner that is none",
      { "x-amz-expected-bucket-owner": "me" },
      400,
      "InvalidBucketOwnerAWSAccountID",
    ],
  ])("%s", async (_, headers, status, code) => {
    expect(await put("/plain/refused", "x", headers)).toMatchObject({ status, code });
    expect((await get("/plain/refused")).status).toBe(404);
  });

  test.each<[string, Record<string, string>]>([
    ["the owner's canned ACL", { "x-amz-acl": "bucket-owner-full-control" }],
    ["the private ACL", { "x-amz-acl": "private" }],
    ["2 KiB of metadata", { "x-amz-meta-a": "x".repeat(2047) }],
    ["the right owner", { "x-amz-expected-bucket-owner": "111122223333" }],
  ])("%s is no reason", async (_, headers) => {
    expect((await put("/plain/accepted", "x", headers)).status).toBe(200);
  });

  test("a key of 1,024 bytes is taken, one more is too long", async () => {
    expect((await put(`/plain/${"k".repeat(1024)}`, "x")).status).toBe(200);
    expect(await put(`/plain/${"k".repeat(1025)}`, "x")).toMatchObject({
      status: 400,
      code: "KeyTooLongError",
    });
  });

  test("more than 5 GiB is refused before it is sent", async () => {
    const answer = await server.send({
      method: "PUT",
      path: "/plain/huge",
      headers: { "content-length": String(5 * 1024 ** 3 + 1), expect: "100-continue" },
      payloadHash: "UNSIGNED-PAYLOAD",
    });
    expect(answer).toMatchObject({ status: 400, code: "EntityTooLarge" });
    expect(answer.text).toContain("<MaxSizeAllowed>5368709120</MaxSizeAllowed>");
  });

  test("a bucket that is not there is told before the body is read", async () => {
    const answer = await put("/no-such-bucket/key", noise(2_000_000));
    expect(answer).toMatchObject({ status: 404, code: "NoSuchBucket" });
    expect(answer.text).toContain("<BucketName>no-such-bucket</BucketName>");
    expect(answer.text).toContain(`<RequestId>${answer.headers["x-amz-request-id"]}</RequestId>`);
    expect(answer.text).toContain(`<HostId>${answer.headers["x-amz-id-2"]}</HostId>`);
  });
});

test("each put on a versioned bucket has its own id", async () => {
  const first = (await put("/versioned/k", "1")).headers["x-amz-version-id"] ?? "";
  const second = (await put("/versioned/k", "2")).headers["x-amz-version-id"] ?? "";
  expect(first).toMatch(/^[\w.-]{32}$/);
  expect(second).not.toBe(first);
  expect((await get("/versioned/k")).headers["x-amz-version-id"]).toBe(second);
  expect((await get("/versioned/k", `versionId=${first}`)).text).toBe("1");
});

test("a lifecycle rule is announced with the object", async () => {
  const { engine } = server.server;
  const rule = {
    ID: "tmp",
    Status: "Enabled" as const,
    Filter: { Prefix: "tmp/" },
    Expiration: { Days: 1 },
  };
  await engine.updateBucketSettings("plain", (settings) => ({
    ...settings,
    lifecycle: { Rules: [rule] },
  }));
  expect((await put("/plain/tmp/x", "x")).headers["x-amz-expiration"]).toMatch(
    /^expiry-date="\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT", rule-id="tmp"$/,
  );
  expect((await get("/plain/tmp/x")).headers["x-amz-expiration"]).toContain("tmp");
  expect((await put("/plain/kept", "x")).headers["x-amz-expiration"]).toBeUndefined();
});

test("metadata may have any name, also those that objects of JavaScript have", async () => {
  const metadata = { "x-amz-meta-__proto__": "p", "x-amz-meta-constructor": "c" };
  await put("/plain/named", "x", metadata);
  expect((await get("/plain/named")).headers).toMatchObject({
    "x-amz-meta-constructor": "c",
    "x-amz-meta-__proto__": "p",
  });
});
