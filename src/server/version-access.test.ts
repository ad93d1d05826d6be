import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createHash } from "node:crypto";
import { keys, TestServer } from "./testing-fixtures/test-server.ts";

let server: TestServer;
/** Of `/bkt/k`: the first has the tag `open=no`, the second, which is the latest, `open=yes`. */
let secret = "";
let open = "";

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
  await server.server.engine.updateBucketSettings("bkt", (settings) => ({
    ...settings,
    versioning: "Enabled",
  }));
});
beforeEach(async () => {
  await setPolicy([{ Action: "s3:AbortMultipartUpload" }]);
  secret = await putVersion("no");
  open = await putVersion("yes");
});
afterAll(() => server.close());

async function putVersion(tag: string): Promise<string> {
  const headers = { "x-amz-tagging": `open=${tag}` };
  const answer = await server.send({ method: "PUT", path: "/bkt/k", body: tag, headers });
  return answer.headers["x-amz-version-id"] ?? "";
}

const Principal = { AWS: "arn:aws:iam::111122223333:user/plain" };

async function setPolicy(statements: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const Statement = statements.map((statement) => ({
    Effect: "Allow",
    Principal,
    Resource: "arn:aws:s3:::bkt/*",
    ...statement,
  }));
  const policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await server.server.engine.updateBucketSettings("bkt", (settings) => ({ ...settings, policy }));
}

async function copyVersion(versionId: string, query = ""): Promise<number> {
  const answer = await server.send({
    method: "PUT",
    path: "/bkt/copy",
    query,
    headers: {
      "x-amz-copy-source": `bkt/k?versionId=${versionId}`,
      "x-amz-tagging-directive": "REPLACE",
    },
    credentials: keys.plain,
  });
  return answer.status;
}

describe("the version that a copy reads is the one that is judged", () => {
  test("by its tags", async () => {
    await setPolicy([
      { Action: "s3:PutObject" },
      {
        Action: ["s3:GetObject", "s3:GetObjectVersion"],
        Condition: { StringEquals: { "s3:ExistingObjectTag/open": "yes" } },
      },
    ]);
    expect(await copyVersion(secret)).toBe(403);
    expect(await copyVersion(secret, `versionId=${open}`)).toBe(400);
    expect(await copyVersion(open)).toBe(200);
  });

  test("by its id, and not by one that the target's query names", async () => {
    await setPolicy([
      { Action: "s3:PutObject" },
      { Action: "s3:GetObjectVersion", Condition: { StringEquals: { "s3:VersionId": open } } },
    ]);
    expect(await copyVersion(secret)).toBe(403);
    expect(await copyVersion(secret, `versionId=${open}`)).toBe(400);
    expect(await copyVersion(open)).toBe(200);
  });
});

test("who may only read learns neither how many tags there are nor what was deleted", async () => {
  const read = { path: "/bkt/k", credentials: keys.plain };
  await setPolicy([{ Action: "s3:GetObject" }]);
  expect((await server.send(read)).headers["x-amz-tagging-count"]).toBeUndefined();
  await setPolicy([{ Action: ["s3:GetObject", "s3:GetObjectTagging"] }]);
  expect((await server.send(read)).headers["x-amz-tagging-count"]).toBe("1");
  await server.send({ method: "DELETE", path: "/bkt/k" });
  const gone = await server.send(read);
  expect(gone).toMatchObject({ status: 403, code: "AccessDenied" });
  expect(gone.headers["x-amz-delete-marker"]).toBeUndefined();
  const listed = await server.send({ path: "/bkt/k" });
  expect(listed).toMatchObject({ status: 404, headers: { "x-amz-delete-marker": "true" } });
});

test("a put is judged by the tags of what it replaces, and may name no version", async () => {
  await setPolicy([
    { Action: "s3:PutObject" },
    {
      Effect: "Deny",
      Action: "s3:PutObject",
      Condition: { StringEquals: { "s3:ExistingObjectTag/open": "yes" } },
    },
  ]);
  const put = { method: "PUT", path: "/bkt/k", body: "x", credentials: keys.plain };
  expect((await server.send(put)).status).toBe(403);
  expect(await server.send({ ...put, query: `versionId=${secret}` })).toMatchObject({
    status: 400,
    code: "InvalidArgument",
  });
});

test("a batch delete is judged version by version", async () => {
  await setPolicy([
    {
      Action: "s3:DeleteObjectVersion",
      Condition: { StringEquals: { "s3:ExistingObjectTag/open": "yes" } },
    },
  ]);
  const objects = [secret, open].map((id) => `<Key>k</Key><VersionId>${id}</VersionId>`);
  const body = `<Delete><Object>${objects.join("</Object><Object>")}</Object></Delete>`;
  const answer = await server.send({
    method: "POST",
    path: "/bkt",
    query: "delete",
    body,
    headers: { "content-md5": createHash("md5").update(body).digest("base64") },
    credentials: keys.plain,
  });
  expect(answer.text).toContain(`<Error><Key>k</Key><VersionId>${secret}</VersionId>`);
  expect(answer.text).toContain(`<Deleted><Key>k</Key><VersionId>${open}</VersionId>`);
});

test.each(["s3:existingobjecttag/open", String.raw`s3:\u0045xistingObjectTag/open`])(
  "a Deny by tags holds however its key is spelt: %s",
  async (key) => {
    const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",
      "Action":"s3:GetObject","Resource":"arn:aws:s3:::bkt/*",
      "Condition":{"StringEquals":{"${key}":"yes"}}}]}`;
    await server.server.engine.updateBucketSettings("bkt", (settings) => ({ ...settings, policy }));
    expect((await server.send({ path: "/bkt/k" })).status).toBe(403);
  },
);
