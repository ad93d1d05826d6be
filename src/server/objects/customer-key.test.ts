import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operationRequest } from "../testing-fixtures/operation-request.ts";
import { noise, TestServer, type WireResponse } from "../testing-fixtures/test-server.ts";
import { readingKey } from "./customer-key.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  for (const path of ["/open", "/new"]) await server.send({ method: "PUT", path });
  await server.server.engine.updateBucketSettings("open", (settings) => ({
    ...settings,
    versioning: "Enabled",
    encryption: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
          BlockedEncryptionTypes: { EncryptionType: ["NONE"] },
        },
      ],
    },
  }));
});
afterAll(() => server.close());

const mine = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);
const prefix = "x-amz-server-side-encryption-customer-";
const md5 = (key: Buffer) => createHash("md5").update(key).digest("base64");

function keyed(key: Buffer, of: "object" | "source" = "object"): Record<string, string> {
  const start = of === "object" ? prefix : prefix.replace("x-amz-", "x-amz-copy-source-");
  return {
    [`${start}algorithm`]: "AES256",
    [`${start}key`]: key.toString("base64"),
    [`${start}key-md5`]: md5(key),
  };
}

const { [`${prefix}algorithm`]: _algorithm, ...noAlgorithm } = keyed(mine);
const { [`${prefix}key`]: _key, ...noKey } = keyed(mine);
const { [`${prefix}key-md5`]: _md5, ...noMd5 } = keyed(mine);

async function put(path: string, headers: Record<string, string>, body: Uint8Array | string = "x") {
  return await server.send({ method: "PUT", path, body, headers });
}

function codeOf({ body }: WireResponse): string {
  return /<Code>(.*)<\/Code>/.exec(body.toString("utf8"))?.[1] ?? "";
}

const told = { [`${prefix}algorithm`]: "AES256", [`${prefix}key-md5`]: md5(mine) };

describe.each([5, 300_000])("an object of %d bytes", (sizeBytes) => {
  const body = noise(sizeBytes);
  const path = `/open/size-${sizeBytes}`;

  test("is given to those who bring its key", async () => {
    const written = await put(path, keyed(mine), body);
    expect(written).toMatchObject({ status: 200, headers: told });
    expect(written.headers).not.toHaveProperty("x-amz-server-side-encryption");
    const plainMd5 = createHash("md5").update(body).digest("hex");
    expect(written.headers["etag"]).not.toContain(plainMd5);
    const read = await server.send({ path, headers: keyed(mine) });
    expect(read).toMatchObject({ status: 200, headers: told });
    expect(read.body.equals(body)).toBe(true);
    const range = { ...keyed(mine), range: "bytes=1-3" };
    const part = await server.send({ path, headers: range });
    expect(part.body.equals(body.subarray(1, 4))).toBe(true);
    const head = await server.send({ method: "HEAD", path, headers: keyed(mine) });
    expect(head).toMatchObject({ status: 200, headers: told });
  });

  test.each([
    ["no key", {}, 400, "InvalidRequest"],
    ["another key", keyed(other), 403, "AccessDenied"],
    ["no MD5", noMd5, 403, "AccessDenied"],
    ["an MD5 of nothing", { ...keyed(mine), [`${prefix}key-md5`]: "" }, 400, "InvalidArgument"],
  ])("is refused to those with %s", async (_title, headers, status, code) => {
    const refused = await server.send({ path, headers });
    expect([refused.status, codeOf(refused)]).toEqual([status, code]);
    const head = await server.send({ method: "HEAD", path, headers });
    expect(head.status).toBe(status);
    const attributes = { ...headers, "x-amz-object-attributes": "ETag" };
    const asked = await server.send({ path, query: "attributes", headers: attributes });
    expect(asked.status).toBe(status);
  });
});

describe("a put is refused", () => {
  test.each([
    [
      "with two kinds of encryption",
      { ...keyed(mine), "x-amz-server-side-encryption": "AES256" },
      "InvalidArgument",
      "is incompatible with the encryption method specified",
    ],
    [
      "with another algorithm",
      { ...keyed(mine), [`${prefix}algorithm`]: "KMS" },
      "InvalidEncryptionAlgorithmError",
      "Supported value: AES256.",
    ],
    ["without an algorithm", noAlgorithm, "InvalidArgument", "a valid encryption algorithm."],
    ["without a key", noKey, "InvalidArgument", "an appropriate secret key."],
    ["without an MD5", noMd5, "InvalidArgument", "The secret key was invalid"],
    ["with a short key", keyed(Buffer.alloc(16)), "InvalidArgument", "The secret key was invalid"],
    [
      "with the MD5 of another key",
      { ...keyed(mine), [`${prefix}key-md5`]: md5(other) },
      "InvalidArgument",
      "did not match the hash that was provided.",
    ],
  ])("%s", async (_title, headers, code, message) => {
    const refused = await put("/open/refused", headers);
    expect([refused.status, codeOf(refused)]).toEqual([400, code]);
    expect(refused.body.toString()).toContain(message);
    expect(refused.body.toString()).toContain(
      "<ArgumentName>x-amz-server-side-encryption</ArgumentName>",
    );
  });

  test("in a bucket that blocks such keys, as new ones do", async () => {
    const refused = await put("/new/a", keyed(mine));
    expect([refused.status, codeOf(refused)]).toEqual([403, "AccessDenied"]);
  });
});

test("an object that is not under such a key is not read with one", async () => {
  await put("/open/plain", {});
  const refused = await server.send({ path: "/open/plain", headers: keyed(mine) });
  expect([refused.status, codeOf(refused)]).toEqual([400, "InvalidRequest"]);
});

test("no key is taken that came over a wire in the clear", () => {
  const { engine } = server.server;
  const object = { algorithm: "AES256", customerKeyMd5: md5(mine) } as const;
  const request = operationRequest(engine, { headers: keyed(mine) });
  expect(readingKey(request, object)?.equals(mine)).toBe(true);
  const inTheClear = { ...request, isConfidential: false };
  expect(() => readingKey(inTheClear, object)).toThrow(/must be made over a secure connection/);
});

describe("a copy", () => {
  const from = { "x-amz-copy-source": "/open/source" };
  const body = noise(100_000);

  beforeAll(async () => {
    await put("/open/source", keyed(mine), body);
  });

  test.each([
    ["to the store's key", {}, {}],
    ["to another key", keyed(other), keyed(other)],
    ["to the same key", keyed(mine), keyed(mine)],
  ])("goes %s", async (_title, target, reading) => {
    const copied = await put("/open/copy", { ...from, ...keyed(mine, "source"), ...target });
    expect(copied.status).toBe(200);
    const read = await server.send({ path: "/open/copy", headers: reading });
    expect(read.body.equals(body)).toBe(true);
  });

  test.each([
    ["without the source's key", {}, 400, "InvalidRequest"],
    ["with another", keyed(other, "source"), 403, "AccessDenied"],
  ])("is refused %s", async (_title, headers, status, code) => {
    const refused = await put("/open/copy", { ...from, ...headers });
    expect([refused.status, codeOf(refused)]).toEqual([status, code]);
  });

  test("onto itself changes the key", async () => {
    await put("/open/self", keyed(mine), body);
    const onto = { "x-amz-copy-source": "/open/self", ...keyed(mine, "source"), ...keyed(other) };
    expect((await put("/open/self", onto)).status).toBe(200);
    const read = await server.send({ path: "/open/self", headers: keyed(other) });
    expect(read.body.equals(body)).toBe(true);
  });
});

describe("a multipart upload", () => {
  const path = "/open/parts";
  const first = noise(5 * 1024 * 1024 + 10);
  const second = noise(70_000);

  async function begin(headers: Record<string, string>): Promise<string> {
    const begun = await server.send({ method: "POST", path, query: "uploads", headers });
    expect(begun.status).toBe(200);
    return /<UploadId>(.*)<\/UploadId>/.exec(begun.body.toString())?.[1] ?? "";
  }

  const part = async (id: string, number: number, headers: Record<string, string>, body = second) =>
    await server.send({
      method: "PUT",
      path,
      query: `partNumber=${number}&uploadId=${id}`,
      headers,
      body,
    });

  test("keeps its key: parts, parts that are copied, the whole", async () => {
    const id = await begin(keyed(mine));
    const one = await part(id, 1, keyed(mine), first);
    expect(one).toMatchObject({ status: 200, headers: told });
    await put("/open/plain-source", {}, second);
    const copied = await server.send({
      method: "PUT",
      path,
      query: `partNumber=2&uploadId=${id}`,
      headers: { "x-amz-copy-source": "/open/plain-source", ...keyed(mine) },
    });
    expect(copied.status).toBe(200);
    const etags = [one.headers["etag"], /<ETag>(.*)<\/ETag>/.exec(copied.body.toString())?.[1]];
    const parts = etags.map(
      (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
    const done = await server.send({ method: "POST", path, query: `uploadId=${id}`, body });
    expect(done.status).toBe(200);
    expect((await server.send({ path })).status).toBe(400);
    const read = await server.send({ path, headers: keyed(mine) });
    expect(read.body.equals(Buffer.concat([first, second]))).toBe(true);
  });

  test("refuses parts without its key, with another, or with one that it has not", async () => {
    const withKey = await begin(keyed(mine));
    const without = await begin({});
    const must = "Subsequent part requests must include the appropriate encryption parameters.";
    for (const [id, headers, message] of [
      [withKey, {}, must],
      [withKey, keyed(other), "did not match the ones used originally."],
      [without, keyed(mine), must],
    ] as const) {
      const refused = await part(id, 1, headers);
      expect([refused.status, codeOf(refused)]).toEqual([400, "InvalidRequest"]);
      expect(refused.body.toString()).toContain(message);
    }
  });
});
