import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keys, noise, TestServer, type WireResponse } from "../testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  for (const path of ["/bkt", "/other"]) await server.send({ method: "PUT", path });
  await server.server.engine.updateBucketSettings("other", (settings) => ({
    ...settings,
    versioning: "Enabled",
  }));
  await server.send({
    method: "PUT",
    path: "/bkt/source",
    body: "source",
    headers: {
      "content-type": "text/plain",
      "x-amz-meta-a": "1",
      "x-amz-tagging": "t=1",
      "x-amz-storage-class": "STANDARD_IA",
    },
  });
});
afterAll(() => server.close());

function copy(
  path: string,
  source: string,
  headers: Record<string, string> = {},
): Promise<WireResponse> {
  const all = { "x-amz-copy-source": source, ...headers };
  return server.send({ method: "PUT", path, headers: all });
}

test("COPY keeps headers, metadata and tags, not the storage class", async () => {
  const answer = await copy("/bkt/copy", "/bkt/source");
  expect(answer.status).toBe(200);
  const etag = createHash("md5").update("source").digest("hex");
  expect(answer.text).toContain(`<ETag>&quot;${etag}&quot;</ETag>`);
  expect(answer.text).toMatch(/<LastModified>[\d-]+T[\d:]+\.000Z<\/LastModified>/);
  expect(answer.text).toContain("<ChecksumType>FULL_OBJECT</ChecksumType>");
  const read = await server.send({ path: "/bkt/copy" });
  expect(read.text).toBe("source");
  expect(read.headers).toMatchObject({
    "content-type": "text/plain",
    "x-amz-meta-a": "1",
    "x-amz-tagging-count": "1",
  });
  expect(read.headers["x-amz-storage-class"]).toBeUndefined();
});

test("REPLACE takes all from the request", async () => {
  await copy("/bkt/replaced", "bkt/source", {
    "x-amz-metadata-directive": "REPLACE",
    "x-amz-tagging-directive": "REPLACE",
    "x-amz-meta-b": "2",
    "content-type": "text/html",
  });
  const { headers } = await server.send({ path: "/bkt/replaced" });
  expect(headers).toMatchObject({ "content-type": "text/html", "x-amz-meta-b": "2" });
  expect(headers["x-amz-meta-a"]).toBeUndefined();
  expect(headers["x-amz-tagging-count"]).toBeUndefined();
});

test("the copy outlives its source", async () => {
  const body = noise(400_000);
  await server.send({ method: "PUT", path: "/bkt/short-lived", body });
  await copy("/bkt/long-lived", "/bkt/short-lived");
  await server.send({ method: "DELETE", path: "/bkt/short-lived" });
  expect((await server.send({ path: "/bkt/long-lived" })).body.equals(body)).toBe(true);
});

test("the source is taken in all forms that AWS takes", async () => {
  await server.send({ method: "PUT", path: "/bkt/test%20key.txt", body: "with a space" });
  for (const source of [
    "/bkt/test%20key.txt",
    "bkt%2Ftest+key.txt",
    `${server.server.endpoint}/bkt/test%20key.txt`,
  ]) {
    expect((await copy("/bkt/forms", source)).status).toBe(200);
    expect((await server.send({ path: "/bkt/forms" })).text).toBe("with a space");
  }
  expect(await copy("/bkt/forms", "/bkt/test%2Bkey.txt")).toMatchObject({ code: "NoSuchKey" });
  const wrong = await copy("/bkt/forms", "wrongformat");
  expect(wrong).toMatchObject({ status: 400, code: "InvalidArgument" });
  expect(wrong.text).toContain("<Message>Invalid copy source object key</Message>");
});

test("another checksum is computed when asked for", async () => {
  await server.send({ method: "PUT", path: "/bkt/digits", body: "123456789" });
  const answer = await copy("/bkt/crc", "/bkt/digits", { "x-amz-checksum-algorithm": "CRC32" });
  const value = Buffer.from("cbf43926", "hex").toString("base64");
  expect(answer.text).toContain(`<ChecksumCRC32>${value}</ChecksumCRC32>`);
});

describe("onto itself", () => {
  test("needs a change", async () => {
    const answer = await copy("/bkt/source", "/bkt/source");
    expect(answer).toMatchObject({ status: 400, code: "InvalidRequest" });
    expect(answer.text).toContain(
      "This copy request is illegal because it is trying to copy an object to itself without " +
        "changing the object's metadata",
    );
  });

  test("with other metadata it is a way to change it", async () => {
    await server.send({ method: "PUT", path: "/bkt/self", body: "self" });
    const answer = await copy("/bkt/self", "/bkt/self", {
      "x-amz-metadata-directive": "REPLACE",
      "x-amz-meta-new": "yes",
    });
    expect(answer.status).toBe(200);
    const read = await server.send({ path: "/bkt/self" });
    expect(read).toMatchObject({ text: "self", headers: { "x-amz-meta-new": "yes" } });
  });
});

describe("conditions on the source", () => {
  const etag = createHash("md5").update("source").digest("hex");
  test.each<[Record<string, string>, string]>([
    [{ "x-amz-copy-source-if-match": '"no"' }, "x-amz-copy-source-If-Match"],
    [{ "x-amz-copy-source-if-none-match": etag }, "x-amz-copy-source-If-None-Match"],
    [
      { "x-amz-copy-source-if-unmodified-since": "Mon, 01 Jan 2024 00:00:00 GMT" },
      "x-amz-copy-source-If-Unmodified-Since",
    ],
  ])("%j", async (headers, condition) => {
    const answer = await copy("/bkt/conditional", "/bkt/source", headers);
    expect(answer).toMatchObject({ status: 412, code: "PreconditionFailed" });
    expect(answer.text).toContain(`<Condition>${condition}</Condition>`);
  });

  test("those of the destination stand beside them", async () => {
    const headers = { "x-amz-copy-source-if-match": etag, "if-none-match": "*" };
    expect((await copy("/bkt/new", "/bkt/source", headers)).status).toBe(200);
    expect(await copy("/bkt/new", "/bkt/source", headers)).toMatchObject({ status: 412 });
  });
});

describe("refusals", () => {
  test.each<[string, string, Record<string, string>, number, string]>([
    ["no such key", "/bkt/none", {}, 404, "NoSuchKey"],
    ["no such bucket", "/nowhere/k", {}, 404, "NoSuchBucket"],
    ["no key", "/bkt", {}, 400, "InvalidArgument"],
    [
      "unknown directive",
      "/bkt/source",
      { "x-amz-metadata-directive": "MIX" },
      400,
      "InvalidArgument",
    ],
    ["bad version", "/bkt/source?versionId=1", {}, 400, "InvalidArgument"],
    [
      "source of another owner",
      "/bkt/source",
      { "x-amz-source-expected-bucket-owner": "999999999999" },
      403,
      "AccessDenied",
    ],
  ])("%s", async (_, source, headers, status, code) => {
    expect(await copy("/bkt/refused", source, headers)).toMatchObject({ status, code });
  });

  test("a source that the caller may not read", async () => {
    const { engine } = server.server;
    await engine.updateBucketSettings("other", (settings) => ({
      ...settings,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal: { AWS: "444455556666" },
          Action: "s3:PutObject",
          Resource: "arn:aws:s3:::other/*",
        },
      }),
    }));
    const answer = await server.send({
      method: "PUT",
      path: "/other/stolen",
      headers: { "x-amz-copy-source": "/bkt/source" },
      credentials: keys.stranger,
    });
    expect(answer).toMatchObject({ status: 403, code: "AccessDenied" });
  });
});

test("versions: the source's id is told, a marker cannot be a source", async () => {
  const put = await server.send({ method: "PUT", path: "/other/v", body: "one" });
  const id = put.headers["x-amz-version-id"] ?? "";
  await server.send({ method: "PUT", path: "/other/v", body: "two" });
  const answer = await copy("/bkt/from-version", `/other/v?versionId=${id}`);
  expect(answer.headers["x-amz-copy-source-version-id"]).toBe(id);
  expect((await server.send({ path: "/bkt/from-version" })).text).toBe("one");
  const marker = (await server.send({ method: "DELETE", path: "/other/v" })).headers[
    "x-amz-version-id"
  ];
  expect(await copy("/bkt/no", "/other/v")).toMatchObject({ status: 404, code: "NoSuchKey" });
  expect(await copy("/bkt/no", `/other/v?versionId=${marker}`)).toMatchObject({
    status: 400,
    code: "InvalidRequest",
  });
});
