import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { keys, TestServer } from "./testing-fixtures/test-server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.send({ method: "PUT", path: "/bkt" });
});
beforeEach(async () => {
  const headers = { "x-amz-tagging": "team=red" };
  await server.send({ method: "PUT", path: "/bkt/k", body: "k", headers });
  // What plain may write must be tagged as blue.
  const Principal = { AWS: "arn:aws:iam::111122223333:user/plain" };
  const Resource = "arn:aws:s3:::bkt/*";
  const Condition = { StringEquals: { "s3:RequestObjectTag/team": "blue" } };
  const write = ["s3:PutObject", "s3:PutObjectTagging"];
  const read = ["s3:GetObject", "s3:GetObjectTagging"];
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal, Action: write, Resource, Condition },
      { Effect: "Allow", Principal, Action: read, Resource },
    ],
  });
  await server.server.engine.updateBucketSettings("bkt", (settings) => ({ ...settings, policy }));
});
afterAll(() => server.close());

async function putTags(team: string, headers: Record<string, string> = {}): Promise<number> {
  const tag = `<Tag><Key>team</Key><Value>${team}</Value></Tag>`;
  const answer = await server.send({
    method: "PUT",
    path: "/bkt/k",
    query: "tagging",
    body: `<Tagging><TagSet>${tag}</TagSet></Tagging>`,
    headers,
    credentials: keys.plain,
  });
  return answer.status;
}

test("PutObjectTagging is judged by the tags of its document, not by a header's", async () => {
  expect(await putTags("red", { "x-amz-tagging": "team=blue" })).toBe(403);
  expect(await putTags("red")).toBe(403);
  expect(await putTags("blue")).toBe(200);
});

test.each(["team=blue&Team=red", "Team=red&team=blue", "Team=blue&team=red"])(
  "two tags whose names differ in case only, %s, do not pass where one of them would not",
  async (tags) => {
    const wire = { method: "PUT", path: "/bkt/both", body: "k", credentials: keys.plain };
    const headers = { "x-amz-tagging": tags };
    expect((await server.send({ ...wire, headers })).status).toBe(403);
    expect((await server.send({ ...wire, headers: { "x-amz-tagging": "team=blue" } })).status).toBe(
      200,
    );
  },
);

test("an object with two such tags is readable only by who may read both", async () => {
  const Resource = "arn:aws:s3:::bkt/*";
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:user/plain" },
      Action: "s3:GetObject",
      Resource,
      Condition: { StringEquals: { "s3:ExistingObjectTag/team": ["blue", "green"] } },
    },
  });
  await server.server.engine.updateBucketSettings("bkt", (settings) => ({ ...settings, policy }));
  const read = async (tags: string) => {
    const headers = { "x-amz-tagging": tags };
    await server.send({ method: "PUT", path: "/bkt/two", body: "k", headers });
    return (await server.send({ path: "/bkt/two", credentials: keys.plain })).status;
  };
  expect(await read("team=blue")).toBe(200);
  expect(await read("team=red&Team=blue")).toBe(403);
  expect(await read("team=blue&Team=red")).toBe(403);
  expect(await read("team=blue&Team=green")).toBe(200);
});

test("a copy that keeps the source's tags is not judged by a header that it ignores", async () => {
  const headers = { "x-amz-copy-source": "bkt/k", "x-amz-tagging": "team=blue" };
  const wire = { method: "PUT", path: "/bkt/copy", credentials: keys.plain };
  expect((await server.send({ ...wire, headers })).status).toBe(403);
  const replacing = { ...headers, "x-amz-tagging-directive": "REPLACE" };
  expect((await server.send({ ...wire, headers: replacing })).status).toBe(200);
});

test("tags of a header count only where they become the object's", async () => {
  const path = "/bkt/upload";
  const made = await server.send({ method: "POST", path, query: "uploads" });
  const id = `uploadId=${/<UploadId>(.*)<\/UploadId>/.exec(made.text)?.[1] ?? ""}`;
  const wire = { path, credentials: keys.plain, headers: { "x-amz-tagging": "team=blue" } };
  const part = { ...wire, method: "PUT", query: `partNumber=1&${id}` };
  const source = { ...wire.headers, "x-amz-copy-source": "bkt/k" };
  const replacing = { ...source, "x-amz-tagging-directive": "REPLACE" };
  const answers = [
    await server.send({ ...part, body: "k" }),
    await server.send({ ...part, headers: replacing }),
    await server.send({
      ...wire,
      method: "POST",
      query: id,
      body: "<CompleteMultipartUpload></CompleteMultipartUpload>",
    }),
  ];
  expect(answers.map(({ code }) => code)).toEqual(answers.map(() => "AccessDenied"));
  const own = await server.send({ ...wire, method: "POST", query: "uploads" });
  expect(own.status).toBe(200);
});
