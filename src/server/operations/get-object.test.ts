import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeVersionId } from "../../engine/version-id.ts";
import { noise, TestServer, type WireResponse } from "../testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  for (const path of ["/bkt", "/versioned"]) await server.send({ method: "PUT", path });
  await server.server.engine.updateBucketSettings("versioned", (settings) => ({
    ...settings,
    versioning: "Enabled",
  }));
  await server.send({ method: "PUT", path: "/bkt/ten", body: "0123456789" });
  await server.send({ method: "PUT", path: "/bkt/empty" });
});
afterAll(() => server.close());

function get(
  path: string,
  headers: Record<string, string> = {},
  query = "",
): Promise<WireResponse> {
  return server.send({ path, headers, query });
}

describe("ranges", () => {
  test.each([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=8-", "89", "bytes 8-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=-15", "0123456789", "bytes 0-9/10"],
    ["bytes=5-99", "56789", "bytes 5-9/10"],
  ])("%s", async (range, text, contentRange) => {
    const answer = await get("/bkt/ten", { range });
    expect(answer).toMatchObject({ status: 206, text });
    expect(answer.headers).toMatchObject({
      "content-range": contentRange,
      "content-length": String(text.length),
    });
  });

  test.each(["bytes=1-0", "bytes=--1", "bytes=0-1,3-4", "lines=1-2", "bytes=", "0-1"])(
    "%s is ignored",
    async (range) => {
      expect(await get("/bkt/ten", { range })).toMatchObject({ status: 200, text: "0123456789" });
    },
  );

  test.each([
    ["/bkt/ten", "bytes=10-", "10"],
    ["/bkt/ten", "bytes=-0", "10"],
    ["/bkt/empty", "bytes=0-", "0"],
    ["/bkt/empty", "bytes=-0", "0"],
  ])("%s %s is 416 with the size", async (path, range, size) => {
    const answer = await get(path, { range });
    expect(answer).toMatchObject({ status: 416, code: "InvalidRange" });
    expect(answer.text).toContain(`<ActualObjectSize>${size}</ActualObjectSize>`);
    expect(answer.text).toContain(`<RangeRequested>${range}</RangeRequested>`);
  });

  test.each(["GET", "HEAD"])("%s of the last bytes of none is 200", async (method) => {
    const answer = await server.send({
      method,
      path: "/bkt/empty",
      headers: { range: "bytes=-5" },
    });
    expect(answer).toMatchObject({ status: 200, headers: { "content-length": "0" }, text: "" });
  });

  test("If-Range gives the rest only of the object that was begun", async () => {
    const { etag = "", "last-modified": modified = "" } = (await get("/bkt/ten")).headers;
    const later = new Date(Date.parse(modified) + 1000).toUTCString();
    for (const [validator, status] of [
      [etag, 206],
      [modified, 206],
      [`W/${etag}`, 200],
      ['"00000000000000000000000000000000"', 200],
      ["Mon, 01 Jan 2001 00:00:00 GMT", 200],
      [later, 200],
      ["", 200],
    ] as const) {
      const answer = await get("/bkt/ten", { range: "bytes=5-", "if-range": validator });
      const text = status === 206 ? "56789" : "0123456789";
      expect({ validator, ...answer }).toMatchObject({ validator, status, text });
    }
    // Beyond the end of a shorter one is no error then.
    const gone = await get("/bkt/ten", { range: "bytes=50-", "if-range": '"other"' });
    expect(gone).toMatchObject({ status: 200, text: "0123456789" });
  });

  test("a range of a large object, across its blocks", async () => {
    const body = noise(1_000_000);
    await server.send({ method: "PUT", path: "/bkt/large", body });
    const answer = await get("/bkt/large", { range: "bytes=65530-200000" });
    expect(answer.body.equals(body.subarray(65530, 200_001))).toBe(true);
  });

  test("HEAD tells the same and sends nothing", async () => {
    const answer = await server.send({
      method: "HEAD",
      path: "/bkt/ten",
      headers: { range: "bytes=0-3" },
    });
    expect(answer).toMatchObject({ status: 206, text: "" });
    expect(answer.headers).toMatchObject({
      "content-length": "4",
      "content-range": "bytes 0-3/10",
    });
  });
});

describe("part numbers of an object without parts", () => {
  test("1 is the whole", async () => {
    const answer = await get("/bkt/ten", {}, "partNumber=1");
    expect(answer).toMatchObject({ status: 206, text: "0123456789" });
    expect(answer.headers["x-amz-mp-parts-count"]).toBeUndefined();
  });

  test.each([
    ["partNumber=2", 416, "InvalidPartNumber"],
    ["partNumber=0", 400, "InvalidArgument"],
    ["partNumber=x", 400, "InvalidArgument"],
    ["partNumber=10001", 400, "InvalidArgument"],
  ])("%s", async (query, status, code) => {
    expect(await get("/bkt/ten", {}, query)).toMatchObject({ status, code });
  });

  test("with a range it is refused", async () => {
    expect(await get("/bkt/ten", { range: "bytes=0-1" }, "partNumber=1")).toMatchObject({
      status: 400,
      code: "InvalidRequest",
    });
  });
});

describe("conditions", () => {
  test("304 keeps what identifies the object and has no body", async () => {
    const { headers } = await get("/bkt/ten");
    const { etag = "", "last-modified": lastModified = "" } = headers;
    for (const condition of [{ "if-none-match": etag }, { "if-modified-since": lastModified }]) {
      const answer = await get("/bkt/ten", condition);
      expect(answer).toMatchObject({ status: 304, text: "" });
      expect(answer.headers).toMatchObject({ etag, "last-modified": lastModified });
      expect(answer.headers["content-length"]).toBeUndefined();
    }
  });

  test("412 names the condition; HEAD has the status alone", async () => {
    const answer = await get("/bkt/ten", { "if-match": '"other"' });
    expect(answer).toMatchObject({ status: 412, code: "PreconditionFailed" });
    expect(answer.text).toContain("<Condition>If-Match</Condition>");
    const head = await server.send({
      method: "HEAD",
      path: "/bkt/ten",
      headers: { "if-match": '"other"' },
    });
    expect(head).toMatchObject({ status: 412, text: "" });
  });
});

describe("response overrides", () => {
  const query =
    "response-content-disposition=attachment%3B%20filename%3Dx&response-content-type=a%2Fb";

  test("replace what is stored", async () => {
    expect((await get("/bkt/ten", {}, query)).headers).toMatchObject({
      "content-disposition": "attachment; filename=x",
      "content-type": "a/b",
    });
  });

  test("cannot smuggle a header in", async () => {
    expect(await get("/bkt/ten", {}, "response-content-type=a%0D%0Ax%3A%20y")).toMatchObject({
      status: 400,
      code: "InvalidArgument",
    });
  });

  test("are for signed requests", async () => {
    await server.server.engine.updateBucketSettings("bkt", (settings) => ({
      ...settings,
      publicAccessBlock: {
        BlockPublicAcls: false,
        IgnorePublicAcls: false,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
      },
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::bkt/*",
        },
      }),
    }));
    const anonymous = { path: "/bkt/ten", credentials: null } as const;
    expect((await server.send(anonymous)).status).toBe(200);
    expect(await server.send({ ...anonymous, query })).toMatchObject({
      status: 400,
      code: "InvalidRequest",
    });
  });
});

describe("what is not there", () => {
  test("a missing key", async () => {
    const answer = await get("/bkt/missing");
    expect(answer).toMatchObject({ status: 404, code: "NoSuchKey" });
    expect(answer.text).toContain("<Key>missing</Key>");
    const head = await server.send({ method: "HEAD", path: "/bkt/missing" });
    expect(head).toMatchObject({ status: 404, text: "" });
  });

  test.each([
    ["/bkt/ten", "versionId=abc", 400, "InvalidArgument"],
    ["/bkt/ten", "versionId=", 400, "InvalidArgument"],
    ["/bkt/ten", `versionId=${"a".repeat(32)}`, 400, "InvalidArgument"],
    ["/versioned/k", `versionId=${"a".repeat(32)}`, 400, "InvalidArgument"],
    ["/versioned/k", `versionId=${makeVersionId(1)}`, 404, "NoSuchVersion"],
  ])("%s?%s", async (path, query, status, code) => {
    expect(await get(path, {}, query)).toMatchObject({ status, code });
  });

  test("a delete marker: 404 as the latest, 405 by its id", async () => {
    await server.send({ method: "PUT", path: "/versioned/gone", body: "x" });
    const deleted = await server.send({ method: "DELETE", path: "/versioned/gone" });
    expect(deleted).toMatchObject({ status: 204, text: "" });
    const marker = deleted.headers["x-amz-version-id"] ?? "";
    expect(deleted.headers["x-amz-delete-marker"]).toBe("true");
    const latest = await get("/versioned/gone");
    expect(latest).toMatchObject({ status: 404, code: "NoSuchKey" });
    const told = { "x-amz-delete-marker": "true", "x-amz-version-id": marker };
    expect(latest.headers).toMatchObject(told);
    const byId = await get("/versioned/gone", {}, `versionId=${marker}`);
    expect(byId).toMatchObject({ status: 405, code: "MethodNotAllowed" });
    expect(byId.headers).toMatchObject({ ...told, allow: "DELETE" });
    expect(byId.headers["last-modified"]).toMatch(/GMT$/);
    const restored = await server.send({
      method: "DELETE",
      path: "/versioned/gone",
      query: `versionId=${marker}`,
    });
    expect(restored.headers).toMatchObject(told);
    expect((await get("/versioned/gone")).text).toBe("x");
  });
});

test("reading takes no encryption header", async () => {
  expect(await get("/bkt/ten", { "x-amz-server-side-encryption": "AES256" })).toMatchObject({
    status: 400,
    code: "InvalidArgument",
  });
});

test("deleting what is not there is a success", async () => {
  expect((await server.send({ method: "DELETE", path: "/bkt/never" })).status).toBe(204);
});
