import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mib } from "../../core/limits.ts";
import { noise, TestServer, type WireResponse } from "../testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
});
afterAll(() => server.close());

const first = noise(5 * mib);
const second = noise(1000);

async function create(key: string, headers: Record<string, string> = {}): Promise<string> {
  const path = `/bkt/${key}`;
  const answer = await server.send({ method: "POST", path, query: "uploads=", headers });
  expect(answer.status).toBe(200);
  return /<UploadId>(.+)<\/UploadId>/.exec(answer.text)?.[1] ?? "";
}

function uploadPart(
  key: string,
  uploadId: string,
  partNumber: number | string,
  body: Uint8Array,
  headers: Record<string, string> = {},
): Promise<WireResponse> {
  const query = `partNumber=${partNumber}&uploadId=${uploadId}`;
  return server.send({ method: "PUT", path: `/bkt/${key}`, query, body, headers });
}

interface Part {
  readonly number: number;
  readonly etag: string;
  readonly extra?: string;
}

function complete(
  key: string,
  uploadId: string,
  parts: readonly Part[],
  headers: Record<string, string> = {},
): Promise<WireResponse> {
  const body = parts.map(
    ({ number, etag, extra = "" }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag>${extra}</Part>`,
  );
  return server.send({
    method: "POST",
    path: `/bkt/${key}`,
    query: `uploadId=${uploadId}`,
    body: `<CompleteMultipartUpload>${body.join("")}</CompleteMultipartUpload>`,
    headers,
  });
}

function md5(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}

function sha(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}

function copyPart(uploadId: string, range?: string): Promise<WireResponse> {
  return server.send({
    method: "PUT",
    path: "/bkt/assembled",
    query: `partNumber=1&uploadId=${uploadId}`,
    headers: {
      "x-amz-copy-source": "/bkt/origin",
      ...(range !== undefined && { "x-amz-copy-source-range": range }),
    },
  });
}

/** Two parts, ready to complete. */
async function twoParts(
  key: string,
  headers: Record<string, string> = {},
): Promise<{ readonly uploadId: string; readonly parts: readonly Part[] }> {
  const uploadId = await create(key, headers);
  const answers = [
    await uploadPart(key, uploadId, 1, first),
    await uploadPart(key, uploadId, 2, second),
  ];
  const parts = answers.map(({ headers: { etag = "" } }, index) => ({ number: index + 1, etag }));
  return { uploadId, parts };
}

test("parts become one object, readable whole, by range and by part", async () => {
  const { uploadId, parts } = await twoParts("whole", {
    "content-type": "text/x",
    "x-amz-meta-a": "1",
  });
  expect(parts[0]?.etag).toBe(`"${md5(first).toString("hex")}"`);
  const answer = await complete("whole", uploadId, parts);
  const digest = md5(Buffer.concat([md5(first), md5(second)])).toString("hex");
  expect(answer.status).toBe(200);
  expect(answer.text).toContain(`<ETag>&quot;${digest}-2&quot;</ETag>`);
  expect(answer.text).toContain(`<Location>${server.server.endpoint}/bkt/whole</Location>`);
  expect(answer.text).toContain("<ChecksumType>FULL_OBJECT</ChecksumType>");
  const body = Buffer.concat([first, second]);
  const whole = await server.send({ path: "/bkt/whole" });
  expect(whole.body.equals(body)).toBe(true);
  expect(whole.headers).toMatchObject({ "content-type": "text/x", "x-amz-meta-a": "1" });
  const range = await server.send({
    path: "/bkt/whole",
    headers: { range: `bytes=${5 * mib - 5}-${5 * mib + 4}` },
  });
  expect(range.body.equals(body.subarray(5 * mib - 5, 5 * mib + 5))).toBe(true);
  const part = await server.send({ path: "/bkt/whole", query: "partNumber=2" });
  expect(part).toMatchObject({
    status: 206,
    headers: {
      "x-amz-mp-parts-count": "2",
      "content-range": `bytes ${5 * mib}-${5 * mib + 999}/${5 * mib + 1000}`,
    },
  });
  expect(part.body.equals(second)).toBe(true);
  const beyond = await server.send({ path: "/bkt/whole", query: "partNumber=3" });
  expect(beyond).toMatchObject({ status: 416, code: "InvalidPartNumber" });
  expect(beyond.text).toContain("<ActualPartCount>2</ActualPartCount>");
});

test("attributes: ETag without quotes, parts, size", async () => {
  const { uploadId, parts } = await twoParts("attributes");
  await complete("attributes", uploadId, parts);
  const answer = await server.send({
    path: "/bkt/attributes",
    query: "attributes=",
    headers: { "x-amz-object-attributes": "ETag,Checksum,ObjectParts,StorageClass,ObjectSize" },
  });
  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/<ETag>[0-9a-f]{32}-2<\/ETag>/);
  expect(answer.text).toContain("<PartsCount>2</PartsCount>");
  expect(answer.text).toContain(`<ObjectSize>${5 * mib + 1000}</ObjectSize>`);
  expect(answer.text).toContain("<StorageClass>STANDARD</StorageClass>");
  expect(answer.text).toContain("<ChecksumType>FULL_OBJECT</ChecksumType>");
  const unknown = await server.send({
    path: "/bkt/attributes",
    query: "attributes=",
    headers: { "x-amz-object-attributes": "Colour" },
  });
  expect(unknown).toMatchObject({ status: 400, code: "InvalidArgument" });
});

describe("checksums", () => {
  test("a composite upload wants the checksum with each part and in the list", async () => {
    const uploadId = await create("composite", { "x-amz-checksum-algorithm": "SHA256" });
    const bare = await uploadPart("composite", uploadId, 1, first);
    expect(bare).toMatchObject({ status: 400, code: "InvalidRequest" });
    expect(bare.text).toContain(
      "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: null",
    );
    const parts: Part[] = [];
    for (const [index, body] of [first, second].entries()) {
      const headers = { "x-amz-checksum-sha256": sha(body) };
      const answer = await uploadPart("composite", uploadId, index + 1, body, headers);
      expect(answer.headers["x-amz-checksum-sha256"]).toBe(sha(body));
      const extra = `<ChecksumSHA256>${sha(body)}</ChecksumSHA256>`;
      parts.push({ number: index + 1, etag: answer.headers["etag"] ?? "", extra });
    }
    const withoutChecksums = parts.map(({ number, etag }) => ({ number, etag }));
    const missing = await complete("composite", uploadId, withoutChecksums);
    expect(missing).toMatchObject({ status: 400, code: "InvalidRequest" });
    expect(missing.text).toContain("It was missing for part 1 in the request.");
    const answer = await complete("composite", uploadId, parts);
    const digests = [first, second].map((body) => createHash("sha256").update(body).digest());
    const value = `${sha(Buffer.concat(digests))}-2`;
    expect(answer.text).toContain(`<ChecksumSHA256>${value}</ChecksumSHA256>`);
    expect(answer.text).toContain("<ChecksumType>COMPOSITE</ChecksumType>");
    const part = await server.send({
      path: "/bkt/composite",
      query: "partNumber=2",
      headers: { "x-amz-checksum-mode": "ENABLED" },
    });
    expect(part.headers["x-amz-checksum-sha256"]).toBe(sha(second));
  });

  test("a full-object CRC is that of the whole", async () => {
    const { uploadId, parts } = await twoParts("full", {
      "x-amz-checksum-algorithm": "CRC32",
      "x-amz-checksum-type": "FULL_OBJECT",
    });
    const wrong = await complete("full", uploadId, parts, { "x-amz-checksum-crc32": "AAAAAA==" });
    expect(wrong).toMatchObject({ status: 400, code: "BadDigest" });
    const answer = await complete("full", uploadId, parts);
    const value = /<ChecksumCRC32>(.+)<\/ChecksumCRC32>/.exec(answer.text)?.[1];
    const put = await server.send({
      method: "PUT",
      path: "/bkt/same-bytes",
      body: Buffer.concat([first, second]),
      headers: { "x-amz-checksum-crc32": value ?? "" },
    });
    expect(put.status).toBe(200);
  });

  test.each([
    [{ "x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-type": "FULL_OBJECT" }],
    [{ "x-amz-checksum-algorithm": "CRC64NVME", "x-amz-checksum-type": "COMPOSITE" }],
    [{ "x-amz-checksum-algorithm": "CRC16" }],
    [{ "x-amz-checksum-type": "COMPOSITE" }],
  ])("%j is refused", async (headers) => {
    const answer = await server.send({ method: "POST", path: "/bkt/k", query: "uploads", headers });
    expect(answer).toMatchObject({ status: 400, code: "InvalidRequest" });
  });
});

describe("refusals", () => {
  test("an upload that does not exist", async () => {
    const answer = await uploadPart("k", "nothing", 1, second);
    expect(answer).toMatchObject({ status: 404, code: "NoSuchUpload" });
  });

  test("a customer's key, which would not be used", async () => {
    const uploadId = await create("k");
    const customer = { "x-amz-server-side-encryption-customer-algorithm": "AES256" };
    const answer = await uploadPart("k", uploadId, 1, second, customer);
    expect(answer).toMatchObject({ status: 400, code: "InvalidRequest" });
  });

  test.each(["0", "10001", "x", ""])("part number %j", async (partNumber) => {
    const uploadId = await create("k");
    const answer = await uploadPart("k", uploadId, partNumber, second);
    expect(answer).toMatchObject({ status: 400, code: "InvalidArgument" });
    expect(answer.text).toContain("<ArgumentName>partNumber</ArgumentName>");
  });

  test("a small part that is not the last", async () => {
    const uploadId = await create("small");
    const etag = (await uploadPart("small", uploadId, 1, second)).headers["etag"] ?? "";
    await uploadPart("small", uploadId, 2, second);
    const answer = await complete("small", uploadId, [
      { number: 1, etag },
      { number: 2, etag },
    ]);
    expect(answer).toMatchObject({ status: 400, code: "EntityTooSmall" });
    expect(answer.text).toContain("<MinSizeAllowed>5242880</MinSizeAllowed>");
  });

  test("parts unknown, out of order, none, or of another size than announced", async () => {
    const { uploadId, parts } = await twoParts("odd");
    const [one, two] = parts as [Part, Part];
    const unknown = [one, { number: 3, etag: two.etag }];
    expect(await complete("odd", uploadId, unknown)).toMatchObject({ code: "InvalidPart" });
    const wrongEtag = [one, { number: 2, etag: one.etag }];
    expect(await complete("odd", uploadId, wrongEtag)).toMatchObject({ code: "InvalidPart" });
    expect(await complete("odd", uploadId, [two, one])).toMatchObject({ code: "InvalidPartOrder" });
    expect(await complete("odd", uploadId, [])).toMatchObject({ code: "MalformedXML" });
    const bodiless = { method: "POST", path: "/bkt/odd", query: `uploadId=${uploadId}` };
    expect(await server.send(bodiless)).toMatchObject({ status: 400, code: "InvalidRequest" });
    const size = { "x-amz-mp-object-size": "7" };
    expect((await complete("odd", uploadId, parts, size)).status).toBe(400);
    expect((await complete("odd", uploadId, parts)).status).toBe(200);
  });

  test("an existing key, when only a new one will do", async () => {
    const { uploadId, parts } = await twoParts("once");
    await server.send({ method: "PUT", path: "/bkt/once", body: "earlier" });
    const answer = await complete("once", uploadId, parts, { "if-none-match": "*" });
    expect(answer).toMatchObject({ status: 412, code: "PreconditionFailed" });
    expect((await server.send({ path: "/bkt/once" })).text).toBe("earlier");
  });
});

describe("a completion sent again, its answer lost", () => {
  test.each([
    ["with S3's own checksum", {}],
    ["with a checksum of its parts", { "x-amz-checksum-algorithm": "SHA256" }],
  ])("%s: the same answer", async (_, headers: Record<string, string>) => {
    const uploadId = await create("again", headers);
    const summed = "x-amz-checksum-algorithm" in headers;
    const digest = { "x-amz-checksum-sha256": sha(second) };
    const part = await uploadPart("again", uploadId, 1, second, summed ? digest : {});
    const extra = summed ? `<ChecksumSHA256>${sha(second)}</ChecksumSHA256>` : "";
    const parts = [{ number: 1, etag: part.headers["etag"] ?? "", extra }];
    const once = await complete("again", uploadId, parts);
    const twice = await complete("again", uploadId, parts);
    expect(once.status).toBe(200);
    expect({ status: twice.status, text: twice.text }).toEqual({ status: 200, text: once.text });
  });

  test("not once the object is another one", async () => {
    const { uploadId, parts } = await twoParts("replaced");
    await complete("replaced", uploadId, parts);
    await server.send({ method: "PUT", path: "/bkt/replaced", body: "newer" });
    const answer = await complete("replaced", uploadId, parts);
    expect(answer).toMatchObject({ status: 404, code: "NoSuchUpload" });
    expect((await server.send({ path: "/bkt/replaced" })).text).toBe("newer");
  });
});

test("an aborted upload is gone", async () => {
  const { uploadId, parts } = await twoParts("aborted");
  const abort = { method: "DELETE", path: "/bkt/aborted", query: `uploadId=${uploadId}` };
  expect((await server.send(abort)).status).toBe(204);
  expect(await complete("aborted", uploadId, parts)).toMatchObject({ code: "NoSuchUpload" });
  expect((await server.send({ path: "/bkt/aborted" })).status).toBe(404);
});

test("parts are listed page by page", async () => {
  const { uploadId } = await twoParts("listed");
  const list = (query: string): Promise<WireResponse> =>
    server.send({ path: "/bkt/listed", query: `uploadId=${uploadId}${query}` });
  const page = await list("&max-parts=1");
  expect(page.text).toContain("<IsTruncated>true</IsTruncated>");
  expect(page.text).toContain("<NextPartNumberMarker>1</NextPartNumberMarker>");
  expect(page.text).toContain(`<Size>${5 * mib}</Size>`);
  const rest = await list("&part-number-marker=1");
  expect(rest.text).toContain("<IsTruncated>false</IsTruncated>");
  expect(rest.text.match(/<Part>/g)).toHaveLength(1);
  expect(await list("&max-parts=x")).toMatchObject({ status: 400, code: "InvalidArgument" });
});

describe("a part copied from an object", () => {
  beforeAll(async () => {
    await server.send({ method: "PUT", path: "/bkt/origin", body: first });
  });

  test("whole or in a range", async () => {
    const uploadId = await create("assembled");
    const answer = await copyPart(uploadId, "bytes=100-1099");
    expect(answer.status).toBe(200);
    const etag = md5(first.subarray(100, 1100)).toString("hex");
    expect(answer.text).toContain(`<ETag>&quot;${etag}&quot;</ETag>`);
    await complete("assembled", uploadId, [{ number: 1, etag }]);
    const read = await server.send({ path: "/bkt/assembled" });
    expect(read.body.equals(first.subarray(100, 1100))).toBe(true);
    const plain = await server.send({
      method: "PUT",
      path: "/bkt/plain-again",
      headers: { "x-amz-copy-source": "/bkt/assembled" },
    });
    expect(plain.text).toContain(`<ETag>&quot;${etag}&quot;</ETag>`);
  });

  test.each(["bytes=5-", "bytes=-5", "bytes=9-1", "0-5", `bytes=0-${5 * mib}`])(
    "range %s is refused",
    async (range) => {
      const answer = await copyPart(await create("assembled"), range);
      expect(answer).toMatchObject({ status: 400, code: "InvalidArgument" });
    },
  );
});
