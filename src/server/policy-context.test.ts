import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TestServer } from "./testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
});
beforeEach(async () => {
  await deny();
  await server.send({ method: "PUT", path: "/bkt/a", body: "k" });
  await server.send({ method: "DELETE", path: "/bkt/new" });
});
afterAll(() => server.close());

/** Everybody, what the statement says; without one nothing. */
async function deny(statement?: Record<string, unknown>): Promise<void> {
  const Statement = { Effect: "Deny", Principal: "*", ...statement };
  const body = JSON.stringify({ Version: "2012-10-17", Statement });
  const wire = { path: "/bkt", query: "policy" };
  const answer = await server.send(
    statement === undefined ? { ...wire, method: "DELETE" } : { ...wire, method: "PUT", body },
  );
  expect(answer.status).toBe(204);
}

async function put(headers: Record<string, string> = {}): Promise<number> {
  return (await server.send({ method: "PUT", path: "/bkt/new", body: "k", headers })).status;
}

/** The status of each call of an upload of one part, up to the first refusal. */
async function upload(
  headers: Record<string, string>,
  atTheEnd: Record<string, string> = {},
): Promise<number[]> {
  const path = `/bkt/big-${Object.values(headers).length}${Object.values(atTheEnd).length}`;
  const made = await server.send({ method: "POST", path, query: "uploads", headers });
  if (made.status !== 200) return [made.status];
  const id = `uploadId=${/<UploadId>(.*)<\/UploadId>/.exec(made.text)?.[1] ?? ""}`;
  const part = await server.send({ method: "PUT", path, query: `partNumber=1&${id}`, body: "k" });
  if (part.status !== 200) return [made.status, part.status];
  const etag = part.headers["etag"];
  const done = await server.send({
    method: "POST",
    path,
    query: id,
    body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${String(etag)}</ETag></Part></CompleteMultipartUpload>`,
    headers: atTheEnd,
  });
  return [made.status, part.status, done.status];
}

const objects = { Action: "s3:PutObject", Resource: "arn:aws:s3:::bkt/*" };

test("an upload's encryption counts for its parts and its end, which do not say it again", async () => {
  const sse = "x-amz-server-side-encryption";
  await deny({ ...objects, Condition: { StringNotEquals: { [`s3:${sse}`]: "AES256" } } });
  expect(await put()).toBe(403);
  expect(await put({ [sse]: "AES256" })).toBe(200);
  expect(await upload({})).toEqual([403]);
  expect(await upload({ [sse]: "AES256" })).toEqual([200, 200, 200]);
  const missing = await server.send({
    method: "PUT",
    path: "/bkt/big",
    query: "partNumber=1&uploadId=gone",
    body: "k",
  });
  expect(missing.status).toBe(403);
});

test("a part cannot claim another encryption than its upload has", async () => {
  const sse = "x-amz-server-side-encryption";
  const path = "/bkt/claimed";
  const made = await server.send({ method: "POST", path, query: "uploads" });
  const id = /<UploadId>(.*)<\/UploadId>/.exec(made.text)?.[1] ?? "";
  await deny({ ...objects, Condition: { StringNotEquals: { [`s3:${sse}`]: "aws:kms" } } });
  const query = `partNumber=1&uploadId=${id}`;
  const headers = { [sse]: "aws:kms", [`${sse}-aws-kms-key-id`]: "mine" };
  const part = await server.send({ method: "PUT", path, query, body: "k", headers });
  expect(part).toMatchObject({ status: 403, code: "AccessDenied" });
});

test("writes can be held to a condition where they make an object", async () => {
  await deny({
    ...objects,
    Condition: {
      Null: { "s3:if-none-match": "true" },
      Bool: { "s3:ObjectCreationOperation": "true" },
    },
  });
  expect(await put()).toBe(403);
  expect(await put({ "if-none-match": "*" })).toBe(200);
  expect(await put({ "if-none-match": "*" })).toBe(412);
  expect(await upload({})).toEqual([200, 200, 403]);
  expect(await upload({}, { "if-none-match": "*" })).toEqual([200, 200, 200]);
  const copy = { method: "PUT", path: "/bkt/copy", headers: { "x-amz-copy-source": "bkt/a" } };
  expect((await server.send(copy)).status).toBe(403);
});

async function copyFrom(source: string): Promise<number> {
  const headers = { "x-amz-copy-source": source };
  return (await server.send({ method: "PUT", path: "/bkt/copy", headers })).status;
}

describe("the source of a copy is what it names, however it is written", () => {
  const spellings = ["bkt/a", "/bkt/a", "bkt%2Fa", "/%62kt/%61", "http://x/bkt/a"];
  const key = "s3:x-amz-copy-source";

  test.each(["bkt/a", "/bkt/a"])("to a Deny on %s", async (pattern) => {
    await deny({ ...objects, Condition: { StringLike: { [key]: `${pattern}*` } } });
    for (const source of spellings) expect([source, await copyFrom(source)]).toEqual([source, 403]);
    expect(await copyFrom("bkt/b")).toBe(404);
  });

  test.each(["bkt/a", "/bkt/a"])("to a Deny on all but %s", async (pattern) => {
    const Condition = { Null: { [key]: "false" }, StringNotLike: { [key]: `${pattern}*` } };
    await deny({ ...objects, Condition });
    for (const source of spellings) expect([source, await copyFrom(source)]).toEqual([source, 200]);
    for (const source of ["bkt/b", "bkt", "%zz"]) {
      expect([source, await copyFrom(source)]).toEqual([source, 403]);
    }
  });
});

test("a listing that says no max-keys asks for a full page; other calls ask for none", async () => {
  await deny({
    Action: "s3:ListBucket",
    Resource: "arn:aws:s3:::bkt",
    Condition: { NumericGreaterThan: { "s3:max-keys": "2" } },
  });
  const list = async (query: string) => (await server.send({ path: "/bkt", query })).status;
  expect(await list("list-type=2&max-keys=2")).toBe(200);
  expect(await list("list-type=2&max-keys=3")).toBe(403);
  expect(await list("list-type=2")).toBe(403);
  expect(await list("")).toBe(403);
  expect((await server.send({ method: "HEAD", path: "/bkt" })).status).toBe(200);
});
