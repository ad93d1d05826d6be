import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestServer, type WireResponse } from "../testing-fixtures/test-server.ts";

// What AWS was recorded to answer in 2026-02 (facts from LocalStack's snapshots of its S3 tests).

type Headers = Readonly<Record<string, string>>;

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
  await server.send({ method: "PUT", path: "/bkt/source", body: "0123456789" });
});
afterAll(() => server.close());

const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");
const md5 = createHash("md5").update("abc").digest("hex");
/** Of `abc`. */
const crc32c = "Nks/tw==";
const crc32 = "NSRBwg==";

const path = "/bkt/k";
const composite = { "x-amz-checksum-algorithm": "CRC32C" };
const fullObject = { ...composite, "x-amz-checksum-type": "FULL_OBJECT" };
const summed = { "x-amz-checksum-crc32c": crc32c };

/** An upload with the part `abc`. */
async function begin(headers: Headers, part: Headers): Promise<string> {
  const begun = await server.send({ method: "POST", path, query: "uploads", headers });
  const uploadId = /<UploadId>(.+)<\/UploadId>/.exec(begun.text)?.[1] ?? "";
  const query = `partNumber=1&uploadId=${uploadId}`;
  await server.send({ method: "PUT", path, query, body: "abc", headers: part });
  return uploadId;
}

function complete(uploadId: string, extra: string, headers: Headers): Promise<WireResponse> {
  const part = `<Part><PartNumber>1</PartNumber><ETag>${md5}</ETag>${extra}</Part>`;
  const body = `<CompleteMultipartUpload>${part}</CompleteMultipartUpload>`;
  return server.send({ method: "POST", path, query: `uploadId=${uploadId}`, body, headers });
}

const ofPart = (value: string) => `<ChecksumCRC32C>${value}</ChecksumCRC32C>`;
const typed = { "x-amz-checksum-type": "FULL_OBJECT" };

describe("a completion that AWS refuses", () => {
  test.each<[string, Headers, Headers, string, Headers, string, string | RegExp]>([
    [
      "none chosen, its part with the checksum that it came with",
      {},
      summed,
      ofPart(crc32c),
      {},
      "InvalidPart",
      /<ETag>900150983cd24fb0d6963f7d28e17f72<\/ETag><PartNumber>1<\/PartNumber><UploadId>/,
    ],
    [
      "none chosen, its part with another",
      {},
      summed,
      `<ChecksumSHA256>${sha256("abc")}</ChecksumSHA256>`,
      {},
      "InvalidPart",
      "could not be found.  The part",
    ],
    ["none chosen, a type", {}, {}, "", typed, "InvalidRequest", "created using the null checksum"],
    [
      "composite, its part with another algorithm",
      composite,
      summed,
      `<ChecksumSHA256>${sha256("abc")}</ChecksumSHA256>`,
      {},
      "BadDigest",
      "The sha256 you specified for part 1 did not match what we received.",
    ],
    [
      "composite, its part with its own and a wrong one of another",
      composite,
      summed,
      `${ofPart(crc32c)}<ChecksumSHA256>${sha256("zzz")}</ChecksumSHA256>`,
      {},
      "BadDigest",
      "The sha256 you specified for part 1",
    ],
    ["composite, another type", composite, summed, "", typed, "InvalidRequest", "the COMPOSITE"],
    ["composite, a wrong part", composite, summed, ofPart("AAAAAA=="), {}, "InvalidPart", ""],
    [
      "full, right but without its type",
      fullObject,
      summed,
      "",
      summed,
      "BadDigest",
      "The crc32c you specified did not match the calculated checksum.",
    ],
    [
      "full, another algorithm",
      fullObject,
      summed,
      "",
      { ...typed, "x-amz-checksum-crc32": crc32 },
      "BadDigest",
      "The crc32c you specified",
    ],
    [
      "full, wrong",
      fullObject,
      summed,
      "",
      { ...typed, "x-amz-checksum-crc32c": "AAAAAA==" },
      "BadDigest",
      "The crc32c you specified",
    ],
  ])("%s", async (_, headers, part, extra, asked, code, text) => {
    const uploadId = await begin(headers, part);
    const answer = await complete(uploadId, extra, asked);
    expect(answer).toMatchObject({ status: 400, code });
    expect(answer.text).toMatch(text);
    const listed = await server.send({ path, query: `uploadId=${uploadId}` });
    expect(listed.status).toBe(200);
  });
});

test.each<[string, Headers, Headers, string, Headers]>([
  ["none chosen", {}, summed, "", {}],
  ["none chosen, another algorithm told", {}, {}, "", { "x-amz-checksum-crc32c": `${crc32c}-2` }],
  ["composite", composite, summed, ofPart(crc32c), {}],
  ["full", fullObject, summed, ofPart(crc32c), { ...typed, ...summed }],
])("a completion that AWS takes: %s", async (_, headers, part, extra, asked) => {
  const answer = await complete(await begin(headers, part), extra, asked);
  expect(answer.status).toBe(200);
});

test("of a choice that nobody made nothing shows before the object is there", async () => {
  const uploadId = await begin({}, {});
  const query = `partNumber=2&uploadId=${uploadId}`;
  const copied = await server.send({
    method: "PUT",
    path,
    query,
    headers: { "x-amz-copy-source": "bkt/source" },
  });
  const put = await server.send({ method: "PUT", path, query, body: "abc" });
  const parts = await server.send({ path, query: `uploadId=${uploadId}` });
  const uploads = await server.send({ path: "/bkt", query: "uploads" });
  const shown = uploads.text.slice(uploads.text.indexOf(uploadId)).split("</Upload>")[0];
  for (const text of [copied.text, parts.text, shown, JSON.stringify(put.headers)]) {
    expect(text).not.toMatch(/checksum/i);
  }
  const initiator =
    "<Initiator><ID>arn:aws:iam::111122223333:user/admin</ID>" +
    "<DisplayName>admin</DisplayName></Initiator>";
  expect(parts.text).toContain(initiator);
  expect(shown).toContain(initiator);
});

test.each<[string, Headers, RegExp, string | undefined]>([
  ["composite", composite, /<IsTruncated>false<.*<Part><ChecksumCRC32C>.*<PartsCount>1</, crc32c],
  ["full", fullObject, /<ObjectParts><PartsCount>1<\/PartsCount><\/ObjectParts>/, crc32c],
])("what is told of the parts afterwards: %s", async (_, headers, told, ofRead) => {
  await complete(await begin(headers, summed), ofPart(crc32c), {});
  const attributes = await server.send({
    path,
    query: "attributes",
    headers: { "x-amz-object-attributes": "ObjectParts" },
  });
  expect(attributes.text).toMatch(told);
  const read = await server.send({
    path,
    query: "partNumber=1",
    headers: { "x-amz-checksum-mode": "ENABLED" },
  });
  expect([read.status, read.headers["x-amz-checksum-crc32c"]]).toEqual([206, ofRead]);
});

test.each(["", "<", "<CompleteMultipartUpload/>"])(
  "an upload that is not there comes before its document: %j",
  async (body) => {
    const answer = await server.send({ method: "POST", path, query: "uploadId=fakeid", body });
    expect(answer).toMatchObject({ status: 404, code: "NoSuchUpload" });
    expect(answer.text).toContain("<UploadId>fakeid</UploadId>");
  },
);

test.each([
  ["bytes=0-10", "InvalidArgument", "is not valid for source object of size: 10"],
  ["bytes=10-10", "InvalidRequest", "The specified copy range is invalid for the source object"],
  ["bytes=100-200", "InvalidRequest", "The specified copy range is invalid for the source object"],
])("a copy of %s of ten bytes is %s", async (range, code, text) => {
  const query = `partNumber=2&uploadId=${await begin({}, {})}`;
  const headers = { "x-amz-copy-source": "bkt/source", "x-amz-copy-source-range": range };
  const answer = await server.send({ method: "PUT", path, query, headers });
  expect(answer).toMatchObject({ status: 400, code });
  expect(answer.text).toContain(text);
});
